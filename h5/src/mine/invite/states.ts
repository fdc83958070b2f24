import type { Of } from '@ui/api/types'
import type { Tone } from '@ui/Tag.vue'

type State = Of<'ReferralState'>

const tones: Record<State, Tone> = { seen: 'neutral', registered: 'info', phone_verified: 'info', qualified: 'info', matured: 'ok', rewarded: 'ok', held: 'warn', reversed: 'neutral', refused: 'neutral' }
export const toneOf = (state: State): Tone => tones[state]

export interface Rung { count: number; given: boolean }

/** The next step of a ladder that is not reached, and how many are missing; nothing beyond the last one. */
export function nextRung(ladder: Rung[], matured: number): { count: number; missing: number } | null {
  const next = [...ladder].sort((a, b) => a.count - b.count).find(({ count }) => count > matured)
  return next ? { count: next.count, missing: next.count - matured } : null
}

/** How a step stands: given; reached, and the reward on its way; still open. */
export const rungState = ({ count, given }: Rung, matured: number): 'given' | 'reached' | 'open' => (given ? 'given' : count <= matured ? 'reached' : 'open')

/** The month in Shanghai, as leaderboards name it: `2026-11`. */
export const monthOf = (now: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit' }).format(now).slice(0, 7)

/** The path of a shared page where it is one of the member pages; other pages belong to the mini program. */
export const ownPage = (page: string): string | null => (/^\/m(\/[!-~]*)?$/.test(page) && !/\/\/|\/\.|\\/.test(page) ? page.slice(2) || '/' : null)
