import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useReading } from '@ui/reading/reading'
import { pause, useUntil } from './until'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('looks again less and less often', () => {
  expect([0, 1, 2, 7, 50].map(pause)).toEqual([1_000, 1_400, 1_960, 10_000, 10_000])
})

test('reads until nothing moves any more, and not after the page is left', async () => {
  const answers = ['paying', 'paying', 'given', 'paying']
  const fetch = vi.fn(async () => answers[fetch.mock.calls.length - 1]!)
  const scope = effectScope()
  scope.run(() => useUntil(useReading(fetch), (state) => state === 'paying'))
  await vi.advanceTimersByTimeAsync(0)
  expect(fetch).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1_001)
  expect(fetch).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(fetch).toHaveBeenCalledTimes(3)
  scope.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(fetch).toHaveBeenCalledTimes(3)
})
