import { shallowReactive } from 'vue'
import type { Of } from '@ui/api/types'
import { forgetDrafts } from './drafts'

type Person = Of<'Person'>
interface Kept { token: string; expires: string; person: Person }

const place = 'session'
const last = 'last-staff'

/** What an earlier visit left, unless it is over. Broken words count as nothing. */
function kept(): Kept | null {
  const text = sessionStorage.getItem(place) ?? localStorage.getItem(place)
  if (!text) return null
  try {
    const found = JSON.parse(text) as Kept
    return Date.parse(found.expires) > Date.now() ? found : null
  } catch {
    return null
  }
}

function forget(): void {
  sessionStorage.removeItem(place)
  localStorage.removeItem(place)
}

/** Who is signed in; `ended` says that somebody was, until the server refused the session. */
export const session = shallowReactive<{ token: string | null; person: Person | null; ended: boolean }>({ token: null, person: null, ended: false })

const before = kept()
if (before) Object.assign(session, { token: before.token, person: before.person })

/** Takes a fresh session. It lasts as long as this tab, or on this device until it expires when `keep` was chosen. */
export function signedIn(fresh: Of<'Session'>, keep: boolean): void {
  const { token, expires_at: expires, staff: person } = fresh
  // What somebody else has typed is not for these eyes.
  if (localStorage.getItem(last) !== person.id) forgetDrafts()
  localStorage.setItem(last, person.id)
  forget()
  ;(keep ? localStorage : sessionStorage).setItem(place, JSON.stringify({ token, expires, person } satisfies Kept))
  Object.assign(session, { token, person, ended: false })
}

/** Nobody is signed in any more; `refused` when the server said so. */
export function signedOut(refused = false): void {
  forget()
  Object.assign(session, { token: null, person: null, ended: refused })
}
