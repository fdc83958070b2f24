import { expect, test } from 'vitest'
import { emptyStaff, freshPassword, passwordFlaw, staffChanges, staffFlaws, toldStaff } from './form'

test('a fresh password will do, is another each time, and has no signs that look alike', () => {
  const [one, other] = [freshPassword(), freshPassword()]
  expect(one).toMatch(/^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}$/)
  expect([one === other, passwordFlaw(one, 'li.lei')]).toEqual([false, null])
})
test('every sign is as likely as the others: bytes beyond the last round are left out', () => {
  const given = [Uint8Array.from({ length: 32 }, () => 255), Uint8Array.from({ length: 32 }, (_, at) => at)]
  let turn = 0
  expect(freshPassword(() => given[turn++]!)).toBe('abcd-efgh-jkmn-pqrs')
})
test.each([['short', '123456789', 'x'], ['login', 'li.lei-2026', 'li.lei'], [null, 'a long one', ''], [null, '一二三四五六七八九十', 'li']])('%s: %s', (flaw, password, login) => expect(passwordFlaw(password, login)).toBe(flaw))

test('flaws are named by field', () => {
  expect(staffFlaws(emptyStaff())).toEqual({ login: 'login_signs', name: 'name', store: 'store', password: 'short' })
  expect(staffFlaws({ login: 'Li', name: '李', password: 'a long one', role: 'clerk', store: 'sto_1' })).toEqual({ login: 'login_signs' })
  expect(staffFlaws({ login: ' li.lei ', name: '李雷', password: 'a long one', role: 'headquarters' })).toEqual({})
})
test('only what was changed is sent', () => {
  const before = { name: '李雷', role: 'clerk', store: 'sto_1' } as const
  expect(staffChanges(before, { ...before, name: ' 李雷 ' })).toBeNull()
  expect(staffChanges(before, { ...before, name: '', role: 'manager' })).toBeNull()
  expect(staffChanges(before, { ...before, store: '' })).toBeNull()
  expect(staffChanges(before, { ...before, role: 'manager' })).toEqual({ role: 'manager' })
  expect(staffChanges(before, { ...before, name: '李磊' })).toEqual({ name: '李磊' })
  expect(staffChanges(before, { ...before, store: 'sto_2' })).toEqual({ store: 'sto_2' })
  expect(staffChanges(before, { ...before, role: 'headquarters' })).toEqual({ role: 'headquarters' })
  expect(staffChanges({ name: '李雷', role: 'headquarters' }, { name: '李雷', role: 'clerk', store: 'sto_1' })).toEqual({ role: 'clerk', store: 'sto_1' })
})
test('headquarters are told without a store', () => {
  const form = { login: ' li.lei ', name: '李雷', password: 'a long one', store: 'sto_1' }
  expect(toldStaff({ ...form, role: 'clerk' })).toEqual({ ...form, login: 'li.lei', role: 'clerk' })
  expect(toldStaff({ ...form, role: 'headquarters' })).toEqual({ login: 'li.lei', name: '李雷', password: 'a long one', role: 'headquarters' })
})
