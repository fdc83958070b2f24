import type { Tone } from '@ui/Tag.vue'
import type { Of } from '@ui/api/types'

export const grantTones: Record<Of<'GrantState'>, Tone> = { refused: 'neutral', claimable: 'info', paying: 'info', given: 'ok', returned: 'warn', lapsed: 'neutral' }
export const payoutTones: Record<Of<'PayoutState'>, Tone> = { created: 'neutral', submitting: 'info', unknown: 'warn', waiting_user: 'info', returning: 'warn', paid: 'ok', returned: 'warn', rejected: 'bad' }
export const campaignTones: Record<Of<'CampaignState'>, Tone> = { draft: 'neutral', approved: 'info', running: 'ok', paused: 'warn', ended: 'neutral' }
export const programTones: Record<Of<'ReferralProgramState'>, Tone> = { draft: 'neutral', running: 'ok', paused: 'warn', ended: 'neutral' }
export const referralTones: Record<Of<'ReferralState'>, Tone> = { seen: 'neutral', registered: 'info', phone_verified: 'info', qualified: 'info', matured: 'ok', rewarded: 'ok', held: 'warn', reversed: 'bad', refused: 'neutral' }
