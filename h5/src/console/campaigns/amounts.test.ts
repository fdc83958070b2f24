import { expect, test } from 'vitest'
import { amountOf, left, shown, typed } from './amounts'

test.each([['1.88', true, 188], ['1,000', true, 100_000], ['0.1', true, 10], ['1.888', true, null], ['0', true, null], ['-1', true, null], ['120', false, 120], ['1.5', false, null], ['', false, null]] as const)('%j (money: %s) is %j', (text, money, value) => {
  expect(typed(text, money)).toBe(value)
})
test.each([[188, true, '1.88'], [100_000, true, '1000'], [50, false, '50']] as const)('%i is shown as %s', (value, money, text) => expect(shown(value, money)).toBe(text))
test('what is left is what nobody has, gets or was promised', () => expect(left({ total: 1000, received: 300, sent: 100, reserved: 50 })).toBe(550))
test('money is yuan, points are a count', () => {
  expect(amountOf({ gives: { kind: 'points' } }, 12_345)).toBe('12,345')
  expect(amountOf({ gives: { kind: 'red_packet' } as never }, 12_345)).toBe('¥123.45')
})
