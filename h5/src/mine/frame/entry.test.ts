import { expect, test } from 'vitest'
import { chosen } from './entry'

const accounts = [{ key: 'brand', name: '惠联样板店' }, { key: 'tea', name: '茶铺' }]

test('the account that the address names comes first, then the one of this visit, then the first', () => {
  expect(chosen(accounts, 'tea', 'brand')?.key).toBe('tea')
  expect(chosen(accounts, null, 'tea')?.key).toBe('tea')
  expect(chosen(accounts, 'unknown', 'gone')?.key).toBe('brand')
  expect(chosen([], 'tea', null)).toBeNull()
})
