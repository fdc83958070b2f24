import { expect, test } from 'vitest'
import { emptyShare, shareTerms } from './form'
import { shareRows } from './ruleRows'

const t = (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(' ')
const now = new Date('2026-11-22T03:20:00Z')
const form = { ...emptyShare(now), name: '新茶', pages: [{ page: 'a', title: 'b', picture: '' }] }
const value = (label: string, rows: ReturnType<typeof shareRows>) => rows.find((row) => row.label === label)?.value

test('what was not set is said, too', () => {
  const rows = shareRows(shareTerms({ ...form, dwell: '0' }), t, now, 'zh')
  expect([value('share.dwell', rows), value('share.purchase', rows), value('share.for.visit', rows)]).toEqual(['share.no_dwell', 'share.any_purchase', 'program.gives_nothing'])
})
test('rewards name their campaign and how many a day', () => {
  const terms = shareTerms({ ...form, purchase: '20', gives: { ...form.gives, visit: 'cmp_000001' } })
  const rows = shareRows(terms, t, now, 'zh', (id) => `<${id}>`)
  expect([value('share.for.visit', rows), value('share.purchase', rows)]).toEqual(['share.gives <cmp_000001> 10', '¥20.00'])
})
