import type { Of } from '@ui/api/types'
import { count } from '@i18n/count'
import { yuan } from '@i18n/money'

type Terms = Of<'CampaignTerms'>

export const givesMoney = (terms: Pick<Terms, 'gives'>): boolean => terms.gives.kind !== 'points'

/** An amount of a campaign: yuan where money is given, points where points are. */
export const amountOf = (terms: Pick<Terms, 'gives'>, value: number): string => (givesMoney(terms) ? yuan(value) : count(value))

/** What can still be given: what was put in, less what arrived, is under way or is promised. */
export const left = (sums: Of<'BudgetSums'>): number => sums.total - sums.received - sums.sent - sums.reserved

/** A typed amount in the unit of storage: yuan become fen, points stay; null when it is no amount. */
export function typed(text: string, money: boolean): number | null {
  const plain = text.trim().replaceAll(',', '')
  if (!(money ? /^\d{1,9}(\.\d{1,2})?$/ : /^\d{1,9}$/).test(plain)) return null
  const [whole = '0', part = ''] = plain.split('.')
  const value = money ? Number(whole) * 100 + Number(part.padEnd(2, '0')) : Number(whole)
  return value > 0 ? value : null
}

/** The same the other way, for a form. */
export const shown = (value: number, money: boolean): string => (money ? (value % 100 === 0 ? String(value / 100) : (value / 100).toFixed(2)) : String(value))
