import type { Of } from '@ui/api/types'
import { yuan } from '@i18n/money'
import { dayAndTime } from '@i18n/time'
import { shortId } from '../members/named'

type Say = (key: string, values?: Record<string, unknown>) => string

/** The rules of a program as names and values; what was not set is left out. `named` calls accounts and campaigns by their names. */
export function ruleRows({ rules, ...terms }: Of<'ReferralTerms'>, t: Say, now: Date, language: string, named: { account: (key: string) => string; campaign: (id: string) => string } = { account: (key) => key, campaign: shortId }): { label: string; value: string }[] {
  const asked = rules.qualification ?? {}
  const rewards = rules.rewards ?? {}
  const wanted = [
    asked.phone && t('campaign.who.phone'),
    asked.follow && t('campaign.who.follows', { account: named.account(asked.follow) }),
    asked.stayed_days && t('program.asks.stayed', { days: asked.stayed_days }),
    asked.purchase_fen && t('program.asks.purchase', { amount: yuan(asked.purchase_fen) }),
  ].filter(Boolean).join(t('campaign.and'))
  const given = (['inviter', 'invitee', 'second'] as const).flatMap((role) => (rewards[role] ? [`${t(`referral.role.${role}`)} ${named.campaign(rewards[role])}`] : []))
  const ladder = (rewards.ladder ?? []).map((step) => t('program.ladder', { count: step.count, campaign: named.campaign(step.campaign) }))
  return [
    { label: t('campaign.when'), value: `${dayAndTime(terms.starts_at, now, language)} – ${dayAndTime(terms.ends_at, now, language)}` },
    { label: t('program.attribution'), value: t(`program.attribution_of.${rules.attribution}`) },
    { label: t('program.window'), value: t('program.days', { days: rules.window_days }) },
    { label: t('program.asks.label'), value: wanted || t('program.asks.register') },
    { label: t('program.mature'), value: rules.mature_days ? t('program.days', { days: rules.mature_days }) : t('program.at_once') },
    { label: t('program.levels'), value: t('program.level_count', { count: rules.levels ?? 1 }) },
    { label: t('program.gives'), value: [...given, ...ladder].join(t('campaign.and')) || t('program.gives_nothing') },
  ]
}
