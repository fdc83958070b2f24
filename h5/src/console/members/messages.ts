import type { Tone } from '@ui/Tag.vue'
import type { Of } from '@ui/api/types'

export const messageTones: Record<Of<'MessageState'>, Tone> = { queued: 'neutral', sending: 'info', sent: 'ok', delivered: 'ok', refused: 'bad', unknown: 'warn', suppressed: 'neutral', expired: 'neutral' }

type Message = Of<'Page_MemberMessage'>['items'][number]

/** The attempts worth a line: all of them once one did not go through, none when the only one did. */
export const attempts = ({ attempts: all }: Pick<Message, 'attempts'>): Message['attempts'] => (all.length === 1 && ['sent', 'delivered'].includes(all[0]!.state) ? [] : all)
