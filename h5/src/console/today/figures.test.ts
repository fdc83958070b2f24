import { expect, test } from 'vitest'
import { days, perDay } from './figures'

const now = new Date('2026-11-21T17:00:00Z')

test('days are those of Shanghai', () => expect(days(now, 3)).toEqual(['2026-11-20', '2026-11-21', '2026-11-22']))
test('moments count on their day; those before are left out', () => {
  expect(perDay(['2026-11-21T16:00:00Z', '2026-11-21T15:59:59Z', '2026-11-20T16:30:00Z', '2026-11-01T00:00:00Z'], days(now, 3))).toEqual([0, 2, 1])
})
