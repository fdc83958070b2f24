import type { Of } from '@ui/api/types'

export type Entry = Of<'Page_AuditEntry'>['items'][number]
/** What somebody did: the entry from before it, and the one that says how it was answered. One of them may be missing. */
export interface Deed { id: string; staff: string; action: string; path: string; request: string; before: Entry | null; after: Entry | null }
export type Outcome = 'done' | 'refused' | 'failed' | 'open'

/** Joins the two entries of each deed; the latest deed first, as the entries are. */
export function deeds(entries: Entry[]): Deed[] {
  const all: Deed[] = []
  const answered = new Map<string, Deed>()
  for (const entry of entries) {
    const { id, staff, action, path, request_id: request, status } = entry
    // A request id may come from the caller, so it alone does not join two entries.
    const key = [request, staff, action, path].join(' ')
    const begun = status === null || status === undefined
    const known = begun ? answered.get(key) : undefined
    if (known) {
      known.before = entry
      answered.delete(key)
      continue
    }
    const deed = { id, staff, action, path, request, before: begun ? entry : null, after: begun ? null : entry }
    all.push(deed)
    if (!begun) answered.set(key, deed)
  }
  return all
}

/** When it was done. */
export const at = (deed: Deed): string => (deed.before ?? deed.after)?.at ?? ''

/** How it ended: open while no answer stands in the record. */
export function outcome(deed: Pick<Deed, 'after'>): Outcome {
  const status = deed.after?.status
  if (status === null || status === undefined) return 'open'
  return status < 400 ? 'done' : status < 500 ? 'refused' : 'failed'
}

/** Which words say an action such as `POST /api/admin/v1/campaigns/{id}/approve`: what it is about, and what was done. */
export function wordsOf(action: string): { thing: string; deed: string } {
  const [method = '', pattern = ''] = action.split(' ')
  const [thing = '', ...rest] = pattern.replace(/^\/api\/admin\/v1\//, '').split('/').filter((part) => !part.startsWith('{')).map((part) => part.replaceAll('-', '_'))
  const what = rest.join('_')
  if (method === 'DELETE') return { thing, deed: what ? `remove_${what}` : 'remove' }
  if (thing === 'sessions' && !what) return { thing, deed: 'sign_in' }
  return { thing, deed: what || (method === 'POST' ? 'new' : 'change') }
}

const places: Record<string, string> = {
  members: '/members', merges: '/merges', conflicts: '/conflicts', conversations: '/chats', campaigns: '/campaigns', 'referral-programs': '/programs', referrals: '/referrals', 'referral-alerts': '/alerts',
  'share-campaigns': '/shares', channels: '/more/channels', imports: '/more/imports', payouts: '/more/payouts', reconciliations: '/more/reconciliations',
}

/** The page of what a call was about, when it has one. */
export function pageOf(path: string): string | null {
  const [thing = '', id = ''] = path.replace(/^\/api\/admin\/v1\//, '').split('/')
  return places[thing] && /^[a-z]+_[0-9a-z]{26}$/.test(id) ? `${places[thing]}/${id}` : null
}
