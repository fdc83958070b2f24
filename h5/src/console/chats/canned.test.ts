import { expect, test } from 'vitest'
import { matching, moved, sought, type Canned } from './canned'

const reply = (title: string, text: string): Canned => ({ id: `can_${title}`, title, text, updated_at: '2026-11-22T00:00:00Z' })
const all = [reply('营业时间', '每天 10 点到 22 点'), reply('退换货', '七天内可以换'), reply('换货地址', '请寄到门店')]

test.each([['/退', '退'], ['／ 退 换', '退 换'], ['/', ''], ['好的/谢谢', null], ['/退\n第二行', null], ['', null]])('in %j is looked for %j', (draft, words) => expect(sought(draft)).toBe(words))

test('all words have to stand in it, and titles come first', () => {
  expect(matching(all, '').map(({ title }) => title)).toEqual(['营业时间', '退换货', '换货地址'])
  expect(matching(all, '换').map(({ title }) => title)).toEqual(['换货地址', '退换货'])
  expect(matching(all, '换 七天').map(({ title }) => title)).toEqual(['退换货'])
  expect(matching(all, '没有')).toEqual([])
})

test('an entry moves by one and never out of the list', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b'])
})
