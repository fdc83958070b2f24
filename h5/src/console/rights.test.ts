import { afterEach, expect, test } from 'vitest'
import { entries } from './frame/entries'
import { blocks } from './members/blocks'
import { places } from './more/places'
import { session } from './session'

const as = (role: 'clerk' | 'manager' | 'headquarters') => (session.person = { id: 'stf_1', login: 'x', name: 'x', role })
afterEach(() => (session.person = null))

test('a clerk sees the counter: chats and the member at hand', () => {
  as('clerk')
  expect(entries().map(({ key }) => key)).toEqual(['today', 'chats', 'members', 'more'])
  expect(blocks().map(({ key }) => key)).toEqual(['profile', 'points'])
  expect(places()).toEqual([])
})
test('a manager sees members and campaigns, and no money', () => {
  as('manager')
  expect(entries().map(({ key }) => key)).toEqual(['today', 'chats', 'members', 'campaigns', 'more'])
  expect(places().flatMap(({ places: inside }) => inside.map(({ key }) => key))).toEqual(['replies', 'canned', 'menus', 'pictures', 'channels', 'stops'])
})
test('headquarters see all', () => {
  as('headquarters')
  expect(blocks()).toHaveLength(7)
})
test('of somebody at home elsewhere the counter is open, and nothing more', () => {
  session.person = { id: 'stf_1', login: 'x', name: 'x', role: 'manager', store: 'sto_1' }
  const at = (store: string | null) => ({ member: { store } }) as unknown as Parameters<typeof blocks>[0]
  expect(blocks(at('sto_1')).map(({ key }) => key)).toEqual(['profile', 'timeline', 'points', 'rewards', 'identities', 'messages'])
  expect([blocks(at('sto_2')), blocks(at(null))].map((all) => all.map(({ key }) => key))).toEqual([['profile', 'points'], ['profile', 'points']])
  as('headquarters')
  expect(blocks(at('sto_2'))).toHaveLength(7)
})
test('nobody sees nothing', () => expect([blocks(), places()]).toEqual([[], []]))
