import { computed, shallowRef } from 'vue'
import type { Of } from '@ui/api/types'
import { ask, open } from '../api/client'

export type Entry = Of<'PagesEntry'>

const place = 'account'
const entry = shallowRef<Entry | null>(null)
let asked: Promise<Entry> | null = null

/** By which accounts people sign in: asked once, and again after a failure. */
export function readEntry(): Promise<Entry> {
  asked ??= ask(open.GET('/entry')).then(
    (answer) => (entry.value = answer),
    (cause: unknown) => {
      asked = null
      throw cause
    },
  )
  return asked
}

/** The account of a page: the one that its address names, else the one of this visit, else the first. */
export function chosen(accounts: Entry['accounts'], named: string | null, kept: string | null): Entry['accounts'][number] | null {
  const of = (key: string | null) => accounts.find((account) => account.key === key)
  return of(named) ?? of(kept) ?? accounts[0] ?? null
}

/** The account by which this visit goes on. */
export async function accountOf(named = new URLSearchParams(location.search).get('account')): Promise<string | null> {
  const account = chosen((await readEntry()).accounts, named, sessionStorage.getItem(place))
  if (account) sessionStorage.setItem(place, account.key)
  return account?.key ?? null
}

/** How the brand is called; nothing while nobody has said so. */
export const brand = computed(() => (entry.value && chosen(entry.value.accounts, null, sessionStorage.getItem(place))?.name) || '')

/** The origin of the sandbox, where one plays WeChat. */
export const sandbox = computed(() => entry.value?.sandbox ?? null)
