import { expect, test } from 'vitest'
import { returnPlace, startAddress, withoutVerdict } from './places'

test('what WeChat said is taken out of the address, the rest stays', () => {
  expect(withoutVerdict('https://a.example/m/i/abc?x=1&wechat=snapshot#y')).toEqual({ verdict: 'snapshot', rest: 'https://a.example/m/i/abc?x=1#y' })
  expect(withoutVerdict('https://a.example/m/?wechat=refused')).toEqual({ verdict: 'refused', rest: 'https://a.example/m/' })
  expect(withoutVerdict('https://a.example/m/?wechat=nonsense')).toEqual({ verdict: null, rest: 'https://a.example/m/' })
  expect(withoutVerdict('https://a.example/m/?x=1#wechat_redirect')).toEqual({ verdict: null, rest: 'https://a.example/m/?x=1' })
  expect(withoutVerdict('https://a.example/m/')).toEqual({ verdict: null, rest: 'https://a.example/m/' })
})

test.each([
  ['/m/', '', '/m/'],
  ['/m/i/0123456789', '?from=x', '/m/i/0123456789?from=x'],
  ['/elsewhere', '', '/m/'],
  ['/mx/', '', '/m/'],
  ['/m//evil.example', '', '/m/'],
  ['/m/../x', '', '/m/'],
  ['/m/会员', '', '/m/'],
  ['/m/x', `?${'y'.repeat(1100)}`, '/m/'],
])('from %s%s one comes back to %s', (pathname, search, to) => expect(returnPlace({ pathname, search })).toBe(to))

test('the way to WeChat names the account and where to come back to', () => {
  expect(startAddress('brand', '/m/i/a?b=c', 'base')).toBe('/api/h5/v1/oauth/brand/start?return=%2Fm%2Fi%2Fa%3Fb%3Dc&scope=base')
})
