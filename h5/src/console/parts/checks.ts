import { count } from '@i18n/count'
import { yuan } from '@i18n/money'
import type { Of } from '@ui/api/types'
import type { Telling } from './why'

export type Check = Of<'GrantCheck'>
type What = Of<'CampaignGives'>
type Counted = { count?: number | null; amount?: number | null }

/** An amount in the unit of what the campaign gives. */
export const amountOf = (what: What, amount: number, { t }: Pick<Telling, 't'>): string => (what === 'points' ? t('why.points', { count: count(amount) }) : yuan(amount))

type Teller = (value: never, tell: Telling, what: What) => string
interface Told { wanted: Teller; seen: Teller }

const time: Teller = (at: string, { when }) => when(at)
const yes: Teller = (is: boolean, { t }) => t(is ? 'member.yes' : 'member.no')
const account: Teller = (key: string, tell) => tell.account(key)
const state: Teller = (key: string, { t }) => t(`campaign.state.${key}`)
const amount: Teller = (value: number, tell, what) => amountOf(what, value, tell)
const times: Teller = (value: number, { t }) => t('why.times', { count: value })
const nothing: Teller = () => ''
const counted = (unit?: What): Teller => (value: Counted, tell, what) =>
  [value.count != null && tell.t('why.times', { count: value.count }), value.amount != null && amountOf(unit ?? what, value.amount, tell)].filter(Boolean).join(' · ')
// Where a cap was reached only what was asked for is known, not how much had been taken.
const reached = (unit?: What): Teller => (value: Counted, tell, what) =>
  value.count == null && value.amount != null ? tell.t('why.full', { amount: amountOf(unit ?? what, value.amount, tell) }) : counted(unit)(value as never, tell, what)
const cap = (unit?: What): Told => ({ wanted: counted(unit), seen: reached(unit) })
const both = (one: Teller): Told => ({ wanted: one, seen: one })

/** A cap of the merchant counts money. */
const fen: What = 'transfer'

/** How each rule of the door "value" tells what it wanted and what it saw. */
export const checks: Record<string, Told> = {
  given: both(nothing), not_running: both(state), not_started: both(time), over: both(time), member_too_new: both(time),
  blocked: { wanted: nothing, seen: (code: string, { t }) => t(`why.blocked.${code}`) },
  phone_not_verified: both(yes), not_following: { wanted: account, seen: yes }, no_payee: { wanted: account, seen: yes },
  amount_not_allowed: { wanted: ([least, most]: [number, number], tell, what) => `${amountOf(what, least, tell)} – ${amountOf(what, most, tell)}`, seen: amount },
  total_reached: both(times), day_reached: cap(), person_reached: cap(), person_day_reached: cap(), too_fast: cap(),
  payee_day_reached: cap(fen), merchant_day_reached: cap(fen), budget_used_up: both(amount),
}

/** What a rule wanted or saw, in words; nothing for nothing. */
export function told(check: Check, side: 'wanted' | 'seen', tell: Telling, what: What): string {
  const value: unknown = check[side]
  if (value === null || value === undefined) return ''
  return checks[check.rule]?.[side](value as never, tell, what) ?? String(value)
}
