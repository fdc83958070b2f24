import { expect, test } from 'vitest'
import { monthOf, nextRung, ownPage, rungState } from './states'

const ladder = [{ count: 3, given: true }, { count: 10, given: false }, { count: 5, given: false }]

test('the next step is the smallest that is not reached', () => {
  expect(nextRung(ladder, 3)).toEqual({ count: 5, missing: 2 })
  expect(nextRung(ladder, 10)).toBeNull()
  expect(nextRung([], 0)).toBeNull()
})

test('a step that is reached is not yet given', () => {
  expect(ladder.map((rung) => rungState(rung, 5))).toEqual(['given', 'open', 'reached'])
})

test('months are those of Shanghai', () => expect(monthOf(new Date('2026-11-30T16:00:00Z'))).toBe('2026-12'))

test.each([['/m', '/'], ['/m/', '/'], ['/m/invite', '/invite'], ['/m//evil.example', null], ['/m/../x', null], ['/mx', null], ['pages/goods/tea', null], ['javascript:alert(1)', null]])('%s is shown as %s', (page, to) => expect(ownPage(page)).toBe(to))
