import type { IconName } from '@ui/icons'
import type { Tone } from '@ui/Tag.vue'
import type { Push, Verdict } from '../contract'

type Look = { tone: Tone; icon: IconName }

export const outcomeLook: Record<Push['outcome'], Look> = {
  pending: { tone: 'info', icon: 'clock' }, replied: { tone: 'ok', icon: 'check' }, acknowledged: { tone: 'neutral', icon: 'check' }, failed: { tone: 'bad', icon: 'alert' },
}

export const verdictLook: Record<Verdict, Look> = {
  replied: { tone: 'ok', icon: 'check' }, acknowledged: { tone: 'neutral', icon: 'check' }, timeout: { tone: 'bad', icon: 'clock' },
  refused: { tone: 'bad', icon: 'close' }, invalid: { tone: 'bad', icon: 'alert' }, unreachable: { tone: 'bad', icon: 'offline' },
}
