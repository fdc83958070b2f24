import { expect, test } from 'vitest'
import { isLocalPage, ownPath } from './media'

const here = new URL('http://127.0.0.1:8090/')

test.each([
  ['/sandbox/v1/media/m1', '/sandbox/v1/media/m1'],
  ['http://127.0.0.1:8090/cgi-bin/showqrcode?ticket=a', '/cgi-bin/showqrcode?ticket=a'],
  ['http://localhost:8090/x', '/x'],
  ['http://10.0.0.5:8090/sandbox/v1/media/m1', '/sandbox/v1/media/m1'],
  ['https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a', '/cgi-bin/showqrcode?ticket=a'],
])('%s is served here', (raw, path) => {
  expect(ownPath(raw, here)).toBe(path)
})

test.each(['', 'm_8812', '//cdn.example/a.jpg', 'https://cdn.example/a.jpg', 'http://localhost:8080/x', 'javascript:alert(1)', 'http://['])('%j is not', (raw) => {
  expect(ownPath(raw, here)).toBeNull()
})

test('pages of this machine may be shown inside', () => {
  expect(isLocalPage('http://localhost:8080/m/')).toBe(true)
  expect(isLocalPage('https://a.example')).toBe(false)
  expect(isLocalPage('not an address')).toBe(false)
})
