import { expect, test } from 'vitest'
import { emptyProgram, programFlaws, programFormOf, programTerms } from './programForm'

const form = { ...emptyProgram(new Date('2026-11-22T03:20:00Z')), name: '老带新', purchase: '99', inviter: 'cmp_1' }

test('a program reads back as it was written', () => expect(programFormOf(programTerms(form))).toEqual(form))
test('money is in fen, and a second level without one gives nothing', () => {
  const { rules } = programTerms({ ...form, second: 'cmp_2' })
  expect(rules.qualification?.purchase_fen).toBe(9900)
  expect(rules.rewards?.second).toBeNull()
})
test('what the form does not show stays', () => {
  const before = programTerms(form)
  before.rules.guard = { device: { mode: 'hold' } }
  before.rules.rewards = { ...before.rules.rewards, ladder: [{ count: 5, campaign: 'cmp_5' }] }
  const after = programTerms({ ...form, name: '新名' }, before)
  expect(after).toMatchObject({ name: '新名', rules: { guard: { device: { mode: 'hold' } }, rewards: { ladder: [{ count: 5 }] } } })
})
test('flaws are named', () => {
  expect(programFlaws(form)).toEqual({})
  expect(programFlaws({ ...form, name: ' ', window: '0', purchase: 'x', ends: form.starts })).toEqual({ name: 'needed', window: 'whole', purchase: 'amount', ends: 'after' })
})
