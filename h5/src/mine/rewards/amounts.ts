import { count } from '@i18n/count'
import { yuan } from '@i18n/money'
import type { Grant } from './steps'

/** How much, as people read it: `¥8.88`, or points. */
export const amountOf = ({ what, amount }: Pick<Grant, 'what' | 'amount'>, t: (key: string, values: Record<string, unknown>) => string): string => (what === 'points' ? t('grant.points', { points: count(amount) }) : yuan(amount))
