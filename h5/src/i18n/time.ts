/** Times as people say them. Business days are those of Shanghai, wherever the browser is. */
const zone = 'Asia/Shanghai'
const tag = (language: string) => (language === 'en' ? 'en-GB' : 'zh-CN')

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const parts = (at: Date) => {
  const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at).split('-')
  return { year, month: Number(month), day: Number(day), key: `${year}-${month}-${day}` }
}

/** `14:20`, with seconds `14:20:33`. */
export function clockTime(at: string | Date, withSeconds = false): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', ...(withSeconds && { second: '2-digit' }) }).format(new Date(at))
}

/** The day alone: 今天, 昨天, 11月3日, and with the year when it is another one: 2025年11月3日. */
export function dayName(at: string | Date, now: Date, language: string): string {
  const day = parts(new Date(at))
  const relative = new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto' })
  if (day.key === parts(now).key) return relative.format(0, 'day')
  if (day.key === parts(new Date(now.getTime() - 86_400_000)).key) return relative.format(-1, 'day')
  const sameYear = day.year === parts(now).year
  return new Intl.DateTimeFormat(tag(language), { timeZone: zone, month: language === 'en' ? 'short' : 'long', day: 'numeric', ...(!sameYear && { year: 'numeric' }) }).format(new Date(at))
}

/** 今天 14:20, 昨天 09:05, 11月3日 18:00. */
export function dayAndTime(at: string | Date, now: Date, language: string): string {
  return `${capital(dayName(at, now, language))} ${clockTime(at)}`
}

/** For lists: only the time on the same day, else only the day. */
export function shortWhen(at: string | Date, now: Date, language: string): string {
  const same = parts(new Date(at)).key === parts(now).key
  return same ? clockTime(at) : capital(dayName(at, now, language))
}

/** Everything: `2026-11-21 14:20:33.125`, Shanghai time. */
export function exactTime(at: string | Date): string {
  const date = new Date(at)
  return `${parts(date).key} ${clockTime(date, true)}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`
}

/** Time left as `47:59:12` (hours may pass 24); zero when over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** How long something took: `32 ms`, `1.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
