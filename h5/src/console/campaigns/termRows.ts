import type { Of } from '@ui/api/types'
import { count } from '@i18n/count'
import { dayAndTime } from '@i18n/time'
import { amountOf } from './amounts'

type Say = (key: string, values?: Record<string, unknown>) => string
type Terms = Of<'CampaignTerms'>
/** What accounts and merchants are called. */
export interface Named { account: (key: string) => string; merchant: (key: string) => string }

/** How much is given each time, in words. */
export function amountSaid(terms: Pick<Terms, 'amount' | 'gives'>, t: Say): string {
  const { amount } = terms
  const say = (value: number) => amountOf(terms, value)
  switch (amount.kind) {
    case 'fixed': return say(amount.amount)
    case 'random': return t('campaign.amount_said.random', { min: say(amount.min), max: say(amount.max) })
    case 'lucky': return t('campaign.amount_said.lucky', { shares: count(amount.shares), min: say(amount.min), max: say(amount.max) })
    case 'asked': return t('campaign.amount_said.asked', { max: say(amount.max) })
  }
}

/** The terms of a campaign as names and values; what was not set is left out. */
export function termRows(terms: Terms, t: Say, now: Date, language: string, named: Named = { account: (key) => key, merchant: (key) => key }): { label: string; value: string }[] {
  const caps = terms.caps ?? {}
  const who = terms.eligibility ?? {}
  const people = [
    who.phone && t('campaign.who.phone'),
    who.follows && t('campaign.who.follows', { account: named.account(who.follows) }),
    who.member_for_days && t('campaign.who.days', { days: who.member_for_days }),
  ].filter(Boolean).join(t('campaign.and'))
  const most = (['total', 'per_day', 'per_person', 'per_person_day'] as const).flatMap((key) => (caps[key] ? [{ label: t(`campaign.caps.${key}`), value: t('campaign.times', { count: count(caps[key]) }) }] : []))
  return [
    { label: t('campaign.each'), value: amountSaid(terms, t) },
    { label: t('campaign.budget'), value: amountOf(terms, terms.budget) },
    { label: t('campaign.when'), value: `${dayAndTime(terms.starts_at, now, language)} – ${dayAndTime(terms.ends_at, now, language)}` },
    { label: t('campaign.who.label'), value: people || t('campaign.who.all') },
    ...most,
    ...(terms.claim ? [{ label: t('campaign.claim'), value: t('campaign.claim_hours', { hours: terms.claim.hours }) }] : []),
    ...('send_name' in terms.gives ? [{ label: t('campaign.packet.send_name'), value: terms.gives.send_name }, { label: t('campaign.packet.wishing'), value: terms.gives.wishing }] : []),
    ...('merchant' in terms.gives ? [{ label: t('campaign.payer'), value: `${named.merchant(terms.gives.merchant)} · ${named.account(terms.gives.account)}` }] : []),
  ]
}
