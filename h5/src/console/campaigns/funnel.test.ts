import { expect, test } from 'vitest'
import { funnel, narrowest } from './funnel'

const none = { seen: 0, registered: 0, phone: 0, qualified: 0, matured: 0, rewarded: 0 }
const some = { seen: 5, registered: 4, phone: 2, qualified: 2, matured: 1, rewarded: 1 }

test('each step has its part of all', () => {
  expect(funnel(some).map(({ count }) => count)).toEqual([5, 4, 2, 2, 1, 1])
  expect(funnel(some)[1]!.share).toBe(0.8)
  expect(funnel(none).map(({ share }) => share)).toEqual([0, 0, 0, 0, 0, 0])
})
test('the narrowest step is where most of those before are lost', () => {
  expect(narrowest(funnel(some))).toBe('phone')
  expect(narrowest(funnel(none))).toBeNull()
})
