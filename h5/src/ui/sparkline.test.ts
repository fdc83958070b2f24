import { expect, test } from 'vitest'
import { points } from './sparkline'

test('the lowest value lies at the bottom, the highest at the top, and both ends touch the sides', () => {
  expect(points([0, 10, 5], 104, 24)).toEqual([[2, 22], [52, 2], [102, 12]])
})
test('a flat line lies in the middle; one value is no line', () => {
  expect(points([3, 3], 12, 20)).toEqual([[2, 10], [10, 10]])
  expect(points([3], 12, 20)).toEqual([])
})
