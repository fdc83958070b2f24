import { expect, test } from 'vitest'
import { emptyShare, shareFlaws, shareFormOf, shareTerms, type ShareForm } from './form'

const page = { page: 'pages/tea/index', title: '新茶上市', picture: '' }
const form: ShareForm = { ...emptyShare(new Date('2026-11-22T03:20:00Z')), name: '新茶', pages: [page], purchase: '9.90', gives: { visit: 'cmp_1', registered: '', purchase: '' } }

test('a campaign reads back as it was written', () => expect(shareFormOf(shareTerms(form))).toEqual(form))
test('money is in fen; without an amount any purchase counts', () => {
  expect(shareTerms(form).rules).toMatchObject({ purchase_fen: 990, rewards: { visit: 'cmp_1', registered: null }, per_day: { visit: 10 } })
  expect(shareTerms({ ...form, purchase: '' }).rules.purchase_fen).toBe(1)
})
test('a start that nobody touched stays to the millisecond', () => {
  const before = { ...shareTerms(form), starts_at: '2026-11-22T04:00:30.123Z' }
  expect(shareTerms(shareFormOf(before), before).starts_at).toBe(before.starts_at)
  expect(shareTerms({ ...shareFormOf(before), starts: '2026-11-22T13:00' }, before).starts_at).toBe('2026-11-22T13:00:00+08:00')
})
test('flaws are named where they are', () => {
  expect(shareFlaws(form)).toEqual({})
  expect(shareFlaws({ ...form, name: ' ', ends: form.starts, dwell: '601', window: '0', purchase: 'x', perDay: { ...form.perDay, registered: '0' } })).toEqual({ name: 'needed', ends: 'after', dwell: 'dwell', window: 'window', purchase: 'amount', 'perDay.registered': 'per_day' })
  expect(shareFlaws({ ...form, pages: [page, { page: 'pages/tea/index', title: '', picture: 'http://x' }, { ...page, page: '/a?b' }] })).toEqual({ 'pages.1.page': 'twice', 'pages.1.title': 'needed', 'pages.1.picture': 'address', 'pages.2.page': 'page' })
  expect(shareFlaws({ ...form, pages: [] })).toEqual({ pages: 'needed' })
})
