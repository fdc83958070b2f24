import { expect, test } from 'vitest'
import { asked, guessed } from './asked'

test.each([
  ['13800138000', 'phone'], ['138 0013 8000', 'phone'], ['+8613800138000', 'phone'], ['+85291234567', 'phone'],
  ['88001234', 'card'], ['VIP20231', 'card'], ['王小', 'name'], ['Li Lei', 'name'], ['138', 'name'],
] as const)('%s looks like a %s', (text, by) => expect(guessed(text)).toBe(by))

test('a question holds what the server asks for, or is none', () => {
  expect(asked('phone', ' 138-0013-8000 ', '')).toEqual({ phone: '13800138000' })
  expect(asked('card', '8800', 'pos')).toEqual({ card: { issuer: 'pos', number: '8800' } })
  expect(asked('card', '8800', ' ')).toBeNull()
  expect(asked('name', ' 王 ', '')).toEqual({ name: '王' })
  expect(asked('name', '  ', '')).toBeNull()
})
