import type { Tone } from '@ui/Tag.vue'
import type { Of } from '@ui/api/types'

export const shareTones: Record<Of<'ShareCampaignState'>, Tone> = { draft: 'neutral', running: 'ok', paused: 'warn', ended: 'neutral' }
export const visitTones: Record<Of<'ShareVisitState'>, Tone> = { seen: 'neutral', counted: 'info', rewarded: 'ok', refused: 'neutral', reversed: 'bad' }
