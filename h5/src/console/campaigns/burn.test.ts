import { expect, test } from 'vitest'
import { lasts } from './burn'

const at = (hour: number, left: number): [string, number] => [new Date(Date.UTC(2026, 10, 22, hour)).toISOString(), left]

test('at the pace of four hours for 150, the other 850 last about 22.7 hours', () => {
  expect(lasts([at(8, 1000), at(10, 950), at(12, 850)])! / 3_600_000).toBeCloseTo(22.67, 1)
})
test('nothing given, or nothing left, lasts no known time', () => {
  expect(lasts([at(8, 1000), at(12, 1000)])).toBeNull()
  expect(lasts([at(8, 1000), at(10, 500), at(12, 0)])).toBeNull()
})
