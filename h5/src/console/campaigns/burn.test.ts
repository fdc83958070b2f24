import { expect, test } from 'vitest'
import { burnDown, lasts } from './burn'

const now = new Date('2026-11-22T12:00:00Z')
const grant = (hour: number, amount: number, state = 'given', came_back = 0) => ({ created_at: new Date(Date.UTC(2026, 10, 22, hour)).toISOString(), amount, state, came_back })

test('the line falls with each grant and ends at what is left; refused and returned ones cost nothing', () => {
  const line = burnDown([grant(10, 100), grant(8, 50), grant(9, 70, 'refused'), grant(9, 30, 'returned')], 850, now)
  expect(line.map(([, left]) => left)).toEqual([1000, 950, 850, 850])
  expect(line.map(([at]) => at)).toEqual([...line.map(([at]) => at)].sort())
})
test('at the pace of four hours for 150, the other 850 last about 22.7 hours', () => {
  expect(lasts(burnDown([grant(10, 100), grant(8, 50)], 850, now))! / 3_600_000).toBeCloseTo(22.67, 1)
})
test('nothing given lasts no known time', () => expect(lasts(burnDown([], 1000, now))).toBeNull())
