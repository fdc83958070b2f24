import type { Of } from '@ui/api/types'

/** How long WeChat lets an account answer after somebody wrote (protocol section 7.1). */
export const answerFor = 48 * 3_600_000
/** From here on the countdown warns. */
const soon = 3 * 3_600_000

export interface Left { ms: number; tone: 'ok' | 'warn' | 'bad' }

/** How long the window of a thread is still open, as far as the list can tell: from the last words of the person. Null when nobody wrote. */
export function windowLeft(lastIn: string | null | undefined, now: Date): Left | null {
  if (!lastIn) return null
  return left(Date.parse(lastIn) + answerFor - now.getTime())
}

/** The same from the open windows themselves: until the last of those with something left closes, and how many messages that is. */
export function openLeft(windows: Of<'Window'>[], now: Date): Left & { messages: number } {
  const open = windows.filter((one) => one.left > 0 && Date.parse(one.closes_at) > now.getTime())
  const last = Math.max(0, ...open.map((one) => Date.parse(one.closes_at) - now.getTime()))
  return { ...left(last), messages: open.reduce((sum, one) => sum + one.left, 0) }
}

const left = (ms: number): Left => ({ ms: Math.max(0, ms), tone: ms <= 0 ? 'bad' : ms < soon ? 'warn' : 'ok' })

/** Since when somebody waits for an answer; null when staff have looked. */
export const waitingSince = (thread: Pick<Of<'Conversation'>, 'unread' | 'last_in_at'>): string | null => (thread.unread > 0 ? (thread.last_in_at ?? null) : null)

/** A span as people say it in a list: the two largest units. */
export function span(ms: number): { key: 'seconds' | 'minutes' | 'hours' | 'days'; count: number } {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return { key: 'seconds', count: Math.max(0, Math.floor(ms / 1000)) }
  if (minutes < 60) return { key: 'minutes', count: minutes }
  if (minutes < 48 * 60) return { key: 'hours', count: Math.floor(minutes / 60) }
  return { key: 'days', count: Math.floor(minutes / 1440) }
}
