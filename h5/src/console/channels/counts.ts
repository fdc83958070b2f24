import type { Of } from '@ui/api/types'
import { localTime } from '../campaigns/form'

type Figures = Of<'ChannelFigures'>
export const spans = ['7', '30', '90'] as const
export type Span = (typeof spans)[number]

/** The days of a span that ends today, in Shanghai: the first and the last. */
export function daysOf(span: Span, now: Date): { from: string; to: string } {
  const day = (back: number) => localTime(new Date(now.getTime() - back * 86_400_000)).slice(0, 10)
  return { from: day(Number(span) - 1), to: day(0) }
}

/** Every day of a span with what it brought: days that brought nothing are not in the answer. */
export function filled<T extends Pick<Figures, 'scans' | 'follows'>>(days: (T & { day: string })[], { from, to }: { from: string; to: string }): { day: string; scans: number; follows: number }[] {
  const known = new Map(days.map((one) => [one.day, one]))
  const all: { day: string; scans: number; follows: number }[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    all.push({ day, scans: known.get(day)?.scans ?? 0, follows: known.get(day)?.follows ?? 0 })
  }
  return all
}

/** The day that brought most follows; null when none did. */
export const best = (days: { day: string; follows: number }[]): string | null => days.reduce<{ day: string; follows: number } | null>((most, one) => (one.follows > (most?.follows ?? 0) ? one : most), null)?.day ?? null
