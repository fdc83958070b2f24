import { yuan } from '@i18n/money'
import { shortId } from '../members/named'

/** What the words of an explanation need from the page: the language, the clock, the names of accounts. */
export interface Telling {
  t: (key: string, values?: Record<string, unknown>) => string
  /** Whether there are words for a key. */
  te: (key: string) => boolean
  when: (at: string) => string
  account: (key: string) => string
}

type Teller = (value: never, tell: Telling) => string
/** What a rule of the guard or of an invitation saw, by name. */
export type Seen = Record<string, unknown>

/** The words for a code, or the code where an old row holds one that is no more. */
const named = (group: string, code: string, { t, te }: Telling): string => (te(`${group}.${code}`) ? t(`${group}.${code}`) : code.replaceAll('_', ' '))

const time: Teller = (at: string, { when }) => when(at)
const days: Teller = (value: number, { t }) => t('program.days', { days: value })
const people: Teller = (value: number, { t }) => t('why.people', { count: value })
const percent: Teller = (value: number) => `${value}%`
const seconds: Teller = (ms: number, { t }) => t('share.seconds', { count: Math.round(ms / 1000) })
const minutes: Teller = (value: number, { t }) => (value === 0 ? '' : value % 1440 === 0 ? t('span.days', { count: value / 1440 }) : value % 60 === 0 ? t('span.hours', { count: value / 60 }) : t('span.minutes', { count: value }))
const end: Teller = (id: string) => shortId(id)

/** How each value is told that an invitation, a finding of the guard or a visit can have. */
export const tellers: Record<string, Teller> = {
  touch_at: time, first_touch: time, known_since: time, registered_at: time, banned_at: time, left_at: time, refunded_at: time, qualified_at: time, matured_at: time, matures_at: time, since: time,
  window_days: days, leave_days: days, purchase_fen: (fen: number) => yuan(fen), touches: (value: number, { t }) => t('why.times', { count: value }),
  rules: (rules: string[], tell) => rules.map((rule) => named('why.guard', rule, tell)).join(tell.t('campaign.and')),
  count: people, most: people, empty: people, of: people, minutes, quiet_percent: percent, usual_percent: percent, most_percent: percent,
  through: end, program: end, who: (side: string, tell) => named('referral.role', side, tell),
  stayed_ms: seconds, wanted_ms: seconds,
}

/** The values that led to a decision, each with its name, in the order in which they were written down; nothing for nothing. */
export function seenRows(seen: Seen, tell: Telling): { label: string; value: string }[] {
  return Object.entries(seen).flatMap(([name, value]) => {
    if (value === null || value === undefined) return []
    const text = tellers[name]?.(value as never, tell) ?? String(value)
    return text ? [{ label: named('why.value', name, tell), value: text }] : []
  })
}
