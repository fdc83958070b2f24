import type { Account, Chat, Menu, Person, Push, SandboxEvent, SandboxState } from './contract'

/** What has to be read again. */
export type Reread = { what: 'state' | 'pushes' | 'calls' } | { what: 'chat'; person: string; account: string } | { what: 'wallet'; person: string }

export const chatKey = (person: string, account: string) => `${person} ${account}`

/** Which readings an event makes old. A chat also carries unread counts, which live in the state. Typing is in the event itself. A wallet also moves a merchant's balance. */
export function rereads(event: SandboxEvent): Reread[] {
  switch (event.type) {
    case 'state': return [{ what: 'state' }]
    case 'chat': return [{ what: 'chat', person: event.person, account: event.account }, { what: 'state' }]
    case 'wallet': return [{ what: 'wallet', person: event.person }, { what: 'state' }]
    case 'push': return [{ what: 'pushes' }]
    case 'call': return [{ what: 'calls' }]
    case 'typing': return []
  }
}

/** The person who holds the phone: the chosen one, or the first when that one is gone. */
export function holder(state: SandboxState | null, chosen: string | null): Person | null {
  return state?.people.find((person) => person.id === chosen) ?? state?.people[0] ?? null
}

/** An account in the list of conversations. */
export interface Row { account: Account; followed: boolean; unread: number; chat: Chat | null }

/** A mini program has no followers: its customer service can always be written to. */
export const reachable = (account: Account, person: Person) => account.kind === 'mini' || person.follows.includes(account.key)

/**
 * Conversations first (followed, or with something said), latest on top; then what can be discovered, in the sandbox's order.
 */
export function conversations(state: SandboxState, person: Person, chatOf: (account: string) => Chat | null): { open: Row[]; discover: Row[] } {
  const rows = state.accounts.map((account): Row => ({
    account, followed: person.follows.includes(account.key), unread: person.unread[account.key] ?? 0, chat: chatOf(account.key),
  }))
  const isOpen = (row: Row) => row.followed || (row.account.kind === 'mini' && lastAt(row) !== '')
  return {
    open: rows.filter(isOpen).sort((a, b) => lastAt(b).localeCompare(lastAt(a))),
    discover: rows.filter((row) => !isOpen(row)),
  }
}

const lastAt = (row: Row) => row.chat?.messages.at(-1)?.at ?? ''

export const unreadOf = (person: Person) => Object.values(person.unread).reduce((sum, count) => sum + count, 0)

/** How many of the pushes that are loaded went wrong. */
export const failures = (pushes: Push[] | null) => pushes?.filter((push) => push.outcome === 'failed').length ?? 0

/** How long all attempts of a push took together, in milliseconds. */
export const totalTook = (push: Push) => push.attempts.reduce((sum, attempt) => sum + attempt.took_ms, 0)

/** The button of a menu at `[i]` or `[i, j]`. */
export function buttonAt(menu: Menu | null, at: number[]) {
  const [first, second] = at
  const top = first === undefined ? undefined : menu?.button[first]
  return second === undefined ? top : top?.sub_button?.[second]
}
