import { localTime } from '../campaigns/form'

/** The last `length` days in Shanghai, the earliest first, as `2026-11-22`. */
export function days(now: Date, length: number): string[] {
  return Array.from({ length }, (_, at) => localTime(new Date(now.getTime() - (length - 1 - at) * 86_400_000)).slice(0, 10))
}

/** How many of these moments fall on each of these days. */
export function perDay(moments: string[], over: string[]): number[] {
  const counts = new Map(over.map((day) => [day, 0]))
  for (const at of moments) {
    const day = localTime(at).slice(0, 10)
    const before = counts.get(day)
    if (before !== undefined) counts.set(day, before + 1)
  }
  return over.map((day) => counts.get(day) ?? 0)
}
