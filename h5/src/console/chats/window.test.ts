import { describe, expect, test } from 'vitest'
import { openLeft, span, waitingSince, windowLeft } from './window'

const now = new Date('2026-11-22T12:00:00Z')
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString()

describe('the countdown of a thread', () => {
  test.each([[0, 48, 'ok'], [45.5, 2.5, 'warn'], [48, 0, 'bad'], [60, 0, 'bad']] as const)('%d hours after the last words %d are left', (since, hours, tone) => {
    expect(windowLeft(ago(since), now)).toEqual({ ms: hours * 3_600_000, tone })
  })
  test('nobody wrote', () => expect(windowLeft(null, now)).toBeNull())
})

test('open windows with something left count, until the last of them closes', () => {
  const at = (hours: number) => ago(-hours)
  expect(openLeft([{ trigger: 'message', closes_at: at(40), left: 4 }, { trigger: 'menu', closes_at: at(47), left: 0 }, { trigger: 'follow', closes_at: at(-1), left: 3 }], now)).toEqual({ ms: 40 * 3_600_000, tone: 'ok', messages: 4 })
  expect(openLeft([], now)).toEqual({ ms: 0, tone: 'bad', messages: 0 })
})

test('who was not looked at waits', () => {
  expect(waitingSince({ unread: 2, last_in_at: ago(1) })).toBe(ago(1))
  expect(waitingSince({ unread: 0, last_in_at: ago(1) })).toBeNull()
})

test.each([[500, 'seconds', 0], [59_000, 'seconds', 59], [61_000, 'minutes', 1], [3_700_000, 'hours', 1], [47 * 3_600_000, 'hours', 47], [50 * 3_600_000, 'days', 2]] as const)('%i ms is said in %s', (ms, key, count) => {
  expect(span(ms)).toEqual({ key, count })
})
