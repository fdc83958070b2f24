import type { Of } from '@ui/api/types'
import type { Tone } from '@ui/Tag.vue'

type Lot = Of<'PointsLot'>

/** A day of the calendar as a moment within it, wherever the reader is. */
export const noonOf = (day: string): string => `${day}T12:00:00+08:00`

/** Whole days from now to the end of a day in Shanghai; 0 = it is today. */
export const daysLeft = (day: string, now: Date): number => Math.ceil((Date.parse(`${day}T23:59:59+08:00`) - now.getTime()) / 86_400_000) - 1

/** How a lot is to be looked at: what ends within a month stands out. */
export function toneOf(lot: Pick<Lot, 'state' | 'last_day'>, now: Date): Tone {
  if (lot.state === 'held' || lot.state === 'waiting') return 'info'
  if (lot.state !== 'open') return 'neutral'
  return lot.last_day && daysLeft(lot.last_day, now) <= 30 ? 'warn' : 'ok'
}
