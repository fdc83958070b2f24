import { ref } from 'vue'
import { clientOf } from '../wechat/client'
import { accountOf, readEntry } from './entry'
import { returnPlace, startAddress, withoutVerdict, type Verdict } from './places'

/** Why nobody is signed in, when there is no way on without the person. */
export type Gate = Verdict | 'outside' | 'signed_out'
export const gate = ref<Gate | null>(null)

const place = 'signing'
const patience = 20_000

/** Reads from the address what WeChat said, and takes it out of the address. */
export function cameBack(): void {
  const { verdict, rest } = withoutVerdict(location.href)
  gate.value = verdict
  if (rest !== location.href) history.replaceState(history.state, '', rest)
}

/** Goes to WeChat to learn who this is, and comes back to this page. Silent for `base`; `userinfo` asks, and is for a tap only. */
export async function signIn(scope: 'base' | 'userinfo' = 'base'): Promise<void> {
  if (gate.value) return
  // Whoever comes back from WeChat and is still not known would be sent there for ever.
  const before = Number(sessionStorage.getItem(place) ?? 0)
  if (scope === 'base' && Date.now() - before < patience) return void (gate.value = 'failed')
  const { sandbox } = await readEntry()
  const account = await accountOf()
  if (!account) return void (gate.value = 'failed')
  if (clientOf(navigator.userAgent, sandbox ?? null, false) === 'browser') return void (gate.value = 'outside')
  sessionStorage.setItem(place, String(Date.now()))
  location.assign(startAddress(account, returnPlace(location), scope))
}

/** The person wants to try once more. */
export async function signInAgain(): Promise<void> {
  sessionStorage.removeItem(place)
  gate.value = null
  await signIn()
}

/** The person is known. */
export const signedIn = (): void => sessionStorage.removeItem(place)
