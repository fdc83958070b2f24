import { expect, test } from 'vitest'
import { clockTime, countdown, dayAndTime, dayName, duration, exactTime, shortWhen } from './time'

// 01:30 in Shanghai on the 22nd, still the 21st in UTC.
const now = new Date('2026-11-21T17:30:00.000Z')

test('days are those of Shanghai', () => {
  expect(dayName('2026-11-21T16:00:00Z', now, 'zh')).toBe('今天')
  expect(dayName('2026-11-21T15:59:59Z', now, 'zh')).toBe('昨天')
  expect(dayName('2026-11-03T04:00:00Z', now, 'zh')).toBe('11月3日')
  expect(dayName('2025-11-03T04:00:00Z', now, 'zh')).toBe('2025年11月3日')
  expect(dayName('2026-11-03T04:00:00Z', now, 'en')).toBe('3 Nov')
})

test('separators give day and time, lists the shorter of both', () => {
  expect(dayAndTime('2026-11-21T16:05:00Z', now, 'zh')).toBe('今天 00:05')
  expect(dayAndTime('2026-11-21T12:05:00Z', now, 'en')).toBe('Yesterday 20:05')
  expect(shortWhen('2026-11-21T16:05:00Z', now, 'zh')).toBe('00:05')
  expect(shortWhen('2026-11-21T12:05:00Z', now, 'zh')).toBe('昨天')
})

test('exact times keep milliseconds', () => {
  expect(clockTime('2026-11-21T16:00:09Z', true)).toBe('00:00:09')
  expect(exactTime('2026-11-21T16:00:09.045Z')).toBe('2026-11-22 00:00:09.045')
})

test('a countdown passes a day and ends at zero', () => {
  expect(countdown(48 * 3_600_000 - 1)).toBe('47:59:59')
  expect(countdown(61_000)).toBe('00:01:01')
  expect(countdown(-5)).toBe('00:00:00')
})

test('durations change unit at a second', () => {
  expect(duration(31.4)).toBe('31 ms')
  expect(duration(5000)).toBe('5.0 s')
})
