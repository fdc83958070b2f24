// @vitest-environment node
import { expect, test } from 'vitest'
import { miniCode } from './scan'

test('the code of a mini program says which page it opens, with which scene', () => {
  expect(miniCode('weixin://mini/wxshop?page=pages%2Findex%2Findex&scene=i.abc')).toEqual({ appid: 'wxshop', page: 'pages/index/index', scene: 'i.abc' })
  expect(miniCode('weixin://mini/wxshop?scene=c.7')).toEqual({ appid: 'wxshop', page: '', scene: 'c.7' })
  for (const other of ['', 'weixin://mini/', 'https://example.com/?page=a&scene=b', 'gQH_ticket']) expect(miniCode(other)).toBeNull()
})
