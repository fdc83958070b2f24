import type { Tone } from '@ui/Tag.vue'
import type { Of } from '@ui/api/types'

export type Request = Of<'ExportRequest'>
export type What = Of<'ExportWhat'>
export type Kind = 'members' | 'audit' | 'bill'
export type Act = 'approve' | 'refuse' | 'withdraw' | 'download'

export const tones: Record<Request['state'], Tone> = { waiting: 'warn', writing: 'info', ready: 'ok', refused: 'bad', withdrawn: 'neutral', failed: 'bad', over: 'neutral' }

export const kindOf = (what: What): Kind => Object.keys(what)[0] as Kind

/** What somebody can do with a request: who asked fetches it or takes it back, everybody else decides. */
export function actsOf(one: Pick<Request, 'state' | 'staff'>, me: string): Act[] {
  if (one.staff !== me) return one.state === 'waiting' ? ['refuse', 'approve'] : []
  if (one.state === 'ready') return ['withdraw', 'download']
  return one.state === 'waiting' || one.state === 'writing' || one.state === 'failed' ? ['withdraw'] : []
}

export interface ExportForm { kind: Kind; from: string; to: string; follows: 'all' | 'yes' | 'no'; channel: string; bill: string; reason: string }
export const exportForm = (): ExportForm => ({ kind: 'members', from: '', to: '', follows: 'all', channel: '', bill: '', reason: '' })

/** What a form asks for; null while it lacks something. */
export function orderOf(form: ExportForm): Of<'ExportOrder'> | null {
  const reason = form.reason.trim()
  if ([...reason].length < 4 || (form.kind === 'bill' && !form.bill)) return null
  if (form.kind === 'audit') return { what: { audit: {} }, reason }
  if (form.kind === 'bill') return { what: { bill: form.bill }, reason }
  const { from, to, follows, channel } = form
  return { what: { members: { ...(from && { joined_from: from }), ...(to && { joined_to: to }), ...(follows !== 'all' && { follows: follows === 'yes' }), ...(channel.trim() && { channel: channel.trim() }) } }, reason }
}
