import { expect, test } from 'vitest'
import { seedAccounts, seedPeople } from '../../dev/mock/seed.ts'
import type { Chat, Push, SandboxState } from './contract'
import { buttonAt, conversations, failures, holder, reachable, rereads, totalTook, unreadOf } from './reduce'

const state = (): SandboxState => ({ now: '2026-11-21T00:00:00Z', accounts: seedAccounts(), merchants: [], people: seedPeople(), faults: [], manual_clock: true, service: { url: null, login_path: '/login', phone_path: '/phone' } })
const chatAt = (at: string): Chat => ({ typing: false, window: [], menu: null, credits: {}, messages: [{ id: '1', at, from: 'account', type: 'text', via: 'custom', content: {} }] })

test('an event names exactly what became old', () => {
  expect(rereads({ type: 'state' })).toEqual([{ what: 'state' }])
  expect(rereads({ type: 'chat', person: 'p', account: 'a' })).toEqual([{ what: 'chat', person: 'p', account: 'a' }, { what: 'state' }])
  expect(rereads({ type: 'push', id: 1 })).toEqual([{ what: 'pushes' }])
  expect(rereads({ type: 'call', id: 1 })).toEqual([{ what: 'calls' }])
  expect(rereads({ type: 'wallet', person: 'p' })).toEqual([{ what: 'wallet', person: 'p' }, { what: 'state' }])
  expect(rereads({ type: 'typing', person: 'p', account: 'a', on: true })).toEqual([])
})

test('the phone is held by the chosen person, or by the first', () => {
  expect(holder(state(), 'p2')?.name).toBe('周一航')
  expect(holder(state(), 'gone')?.name).toBe('林小满')
  expect(holder({ ...state(), people: [] }, 'p1')).toBeNull()
  expect(holder(null, 'p1')).toBeNull()
})

test('conversations stand latest first, the rest can be discovered', () => {
  const [lin] = state().people
  const person = { ...lin!, follows: ['tea', 'lab'] }
  const chats: Record<string, Chat> = { tea: chatAt('2026-11-21T08:00:00Z'), lab: chatAt('2026-11-21T09:00:00Z') }
  const { open, discover } = conversations(state(), person, (account) => chats[account] ?? null)
  expect(open.map((row) => [row.account.key, row.unread])).toEqual([['lab', 0], ['tea', 2]])
  expect(discover.map((row) => row.account.key)).toEqual(['mini'])
})

test('a mini program with words said is a conversation, and can always be written to', () => {
  const [, zhou] = state().people
  const { open } = conversations(state(), zhou!, (account) => (account === 'mini' ? chatAt('2026-11-21T08:00:00Z') : null))
  expect(open.map((row) => row.account.key)).toEqual(['mini'])
  expect(state().accounts.map((account) => reachable(account, zhou!))).toEqual([false, false, true])
})

test('counts', () => {
  const push = (outcome: Push['outcome'], ...took: number[]) => ({ outcome, attempts: took.map((took_ms) => ({ took_ms })) }) as Push
  expect(failures([push('failed'), push('replied'), push('failed')])).toBe(2)
  expect(failures(null)).toBe(0)
  expect(totalTook(push('failed', 5000, 31))).toBe(5031)
  expect(unreadOf(state().people[0]!)).toBe(2)
})

test('menu buttons are found by their place', () => {
  const [tea, lab] = state().accounts
  expect(buttonAt(tea!.menu, [0])?.key).toBe('my_points')
  expect(buttonAt(tea!.menu, [1, 1])?.key).toBe('code')
  expect(buttonAt(tea!.menu, [9])).toBeUndefined()
  expect(buttonAt(lab!.menu, [0])).toBeUndefined()
})
