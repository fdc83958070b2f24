import { expect, test } from 'vitest'
import { funnel, narrowest, reached } from './funnel'

const at = '2026-11-22T00:00:00Z'
const all = [{}, { registered_at: at }, { registered_at: at }, { registered_at: at, phone_at: at, qualified_at: at }, { registered_at: at, qualified_at: at, matured_at: at, rewarded_at: at }]

test('an invitation has come as far as its last mark', () => expect(all.map(reached)).toEqual([0, 1, 1, 3, 5]))
test('who came further counts for the steps before', () => {
  expect(funnel(all).map(({ count }) => count)).toEqual([5, 4, 2, 2, 1, 1])
  expect(funnel(all)[1]!.share).toBe(0.8)
  expect(funnel([]).map(({ share }) => share)).toEqual([0, 0, 0, 0, 0, 0])
})
test('the narrowest step is where most of those before are lost', () => {
  expect(narrowest(funnel(all))).toBe('phone')
  expect(narrowest(funnel([]))).toBeNull()
})
