import type { Of } from '@ui/api/types'
import { yuan } from '@i18n/money'
import { dayAndTime } from '@i18n/time'
import { shortId } from '../members/named'
import { deeds } from './form'

type Say = (key: string, values?: Record<string, unknown>) => string

/** The rules of a share campaign as names and values. `called` names a campaign that gives points, where it is known. */
export function shareRows({ rules, ...terms }: Of<'ShareTerms'>, t: Say, now: Date, language: string, called: (campaign: string) => string = shortId): { label: string; value: string }[] {
  const given = deeds.map((deed) => {
    const campaign = rules.rewards?.[deed]
    return { label: t(`share.for.${deed}`), value: campaign ? t('share.gives', { campaign: called(campaign), count: rules.per_day?.[deed] ?? 10 }) : t('program.gives_nothing') }
  })
  return [
    { label: t('campaign.when'), value: `${dayAndTime(terms.starts_at, now, language)} – ${dayAndTime(terms.ends_at, now, language)}` },
    { label: t('share.dwell'), value: rules.dwell_seconds ? t('share.seconds', { count: rules.dwell_seconds }) : t('share.no_dwell') },
    { label: t('share.window'), value: t('program.days', { days: rules.window_days ?? 7 }) },
    { label: t('share.purchase'), value: (rules.purchase_fen ?? 1) > 1 ? yuan(rules.purchase_fen!) : t('share.any_purchase') },
    ...given,
  ]
}
