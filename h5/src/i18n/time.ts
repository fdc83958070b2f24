/** Times as people say them. Business days are those of Shanghai, wherever the browser is. */
const zone = 'Asia/Shanghai'
const tag = (language: string) => (language === 'en' ? 'en-GB' : 'zh-CN')

/** Making a format takes far longer than using it: each is made once, and once for each language. */
const inLanguages = <Format>(make: (tag: string) => Format) => {
  const made = new Map<string, Format>()
  return (language: string) => {
    const known = made.get(language) ?? make(tag(language))
    made.set(language, known)
    return known
  }
}
const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
const minutes = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
const seconds = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
const relative = inLanguages((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }))
const dayOf = (year: boolean) => inLanguages((tag) => new Intl.DateTimeFormat(tag, { timeZone: zone, month: tag.startsWith('en') ? 'short' : 'long', day: 'numeric', ...(year && { year: 'numeric' }) }))
const dayAlone = dayOf(false)
const dayWithYear = dayOf(true)

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const parts = (at: Date) => {
  const [year, month, day] = date.format(at).split('-')
  return { year, month: Number(month), day: Number(day), key: `${year}-${month}-${day}` }
}

/** `14:20`, with seconds `14:20:33`. */
export function clockTime(at: string | Date, withSeconds = false): string {
  return (withSeconds ? seconds : minutes).format(new Date(at))
}

/** The day alone: 今天, 昨天, 11月3日, and with the year when it is another one: 2025年11月3日. */
export function dayName(at: string | Date, now: Date, language: string): string {
  const day = parts(new Date(at))
  const today = parts(now)
  if (day.key === today.key) return relative(language).format(0, 'day')
  if (day.key === parts(new Date(now.getTime() - 86_400_000)).key) return relative(language).format(-1, 'day')
  return (day.year === today.year ? dayAlone : dayWithYear)(language).format(new Date(at))
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
  const left = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(left / 3600))}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`
}

/** How long something took: `32 ms`, `1.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
