import type { Of } from '@ui/api/types'

export type PayoutAct = 'cancel' | 'replace' | 'close'

/** What staff can do about a payout in a state; the server looks again. */
export function payoutActs(state: Of<'PayoutState'>): PayoutAct[] {
  if (state === 'created' || state === 'waiting_user') return ['cancel']
  if (state === 'returned' || state === 'rejected') return ['replace']
  return state === 'unknown' || state === 'submitting' ? ['close'] : []
}
