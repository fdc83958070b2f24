import type { Of } from '@ui/api/types'
import { session } from '../session'

/** How long something revealed stays on screen, in milliseconds. */
export const shownFor = 30_000

/** Whole seconds until `until`; zero when it is over. */
export const secondsLeft = (until: number, now: number): number => Math.max(0, Math.ceil((until - now) / 1000))

/** The occasions that open a phone, or a sensitive attribute, for who is signed in. */
export function scenes(phone: boolean): Of<'Scene'>[] {
  const high = session.person?.role === 'headquarters'
  if (phone) return high ? ['identify', 'call', 'legal_request'] : ['identify', 'call']
  return high ? ['identify', 'prize_tax', 'legal_request'] : ['identify']
}
