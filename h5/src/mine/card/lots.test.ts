import { expect, test } from 'vitest'
import { daysLeft, noonOf, toneOf } from './lots'

// 01:30 in Shanghai on the 22nd, still the 21st in UTC.
const now = new Date('2026-11-21T17:30:00Z')

test.each([['2026-11-22', 0], ['2026-11-23', 1], ['2026-12-22', 30], ['2026-11-21', -1]])('%s is %i days away', (day, left) => expect(daysLeft(day, now)).toBe(left))

test('a day is the same day everywhere in Shanghai', () => {
  expect(new Date(noonOf('2026-12-31')).toISOString()).toBe('2026-12-31T04:00:00.000Z')
})

test('what ends within a month stands out, and only if it can be spent', () => {
  expect(toneOf({ state: 'open', last_day: '2026-12-22' }, now)).toBe('warn')
  expect(toneOf({ state: 'open', last_day: '2026-12-23' }, now)).toBe('ok')
  expect(toneOf({ state: 'open', last_day: null }, now)).toBe('ok')
  expect(toneOf({ state: 'held', last_day: '2026-11-23' }, now)).toBe('info')
  expect(toneOf({ state: 'expired', last_day: '2026-11-01' }, now)).toBe('neutral')
})
