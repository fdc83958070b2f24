// @vitest-environment node
import { expect, test } from 'vitest'
import type { Api } from '../api'
import type { Answered, Asked, Person, Service } from '../contract'
import { tokenOf, useMini, went } from './steps'

const service: Service = { url: 'http://127.0.0.1:8080', login_path: '/login', phone_path: '/phone' }

function rig(answers: Partial<Answered>[]) {
  const asked: Asked[] = []
  const cards: unknown[] = []
  const api = {
    login: async () => 'L1',
    share: async (_: string, card: unknown) => cards.push(card),
    openShare: async (_: string, card: number, from: string) => ({ path: 'pages/goods/tea', query: { share: `key-${card}` }, scene: from === 'chat' ? 1007 : 1008 }),
    tapPhone: async () => ({ code: 'P1', encryptedData: null, iv: null }),
    ask: async (one: Asked) => {
      asked.push(one)
      return { url: '', status: 200, answer: '', took_ms: 1, ...answers.shift() }
    },
  } as unknown as Api
  return { asked, cards, mini: useMini(api, 'shop', () => ({ id: 'p1' }) as Person, () => service) }
}

test('a token is found under the names that services use', () => {
  expect(['{"token":"a"}', '{"access_token":"b","x":1}', '{"session":"c"}'].map(tokenOf)).toEqual(['a', 'b', 'c'])
  for (const none of ['', '<html>', '[]', 'null', '{"token":7}', '{"id":"x"}']) expect(tokenOf(none)).toBeNull()
})

test('only a status of success went well', () => {
  const of = (status: number | null) => went({ url: '', status, answer: '', took_ms: 0 })
  expect([200, 201, 299, 199, 302, 404, null].map(of)).toEqual([true, true, true, false, false, false, false])
})

test('after a login the phone number travels with the session', async () => {
  const { asked, mini } = rig([{ status: 201, answer: '{"token":"t"}' }, {}])
  await mini.login()
  expect(mini.loggedIn.value).toBe(true)
  await mini.givePhone('13800000001')
  expect(asked).toEqual([{ path: '/login', body: { account: 'shop', code: 'L1' } }, { path: '/phone', body: { code: 'P1' }, token: 't' }])
  expect(mini.steps.value.map((step) => step.id)).toEqual([2, 1])
})

test('whoever scanned a code of the program logs in, and tells by which scene they came', async () => {
  const { asked, mini } = rig([{ status: 201, answer: '{"token":"t"}' }, {}])
  await mini.openCode('pages/index/index', 'i.abc')
  expect(mini.launch.value).toEqual({ path: 'pages/index/index', query: { scene: 'i.abc' }, scene: 1047 })
  expect(asked.at(-1)).toEqual({ path: '/api/mini/v1/touches', body: { code: 'i.abc', carrier: 'mini_code' }, token: 't' })
})

test('a login that fails ends the session before it', async () => {
  const { asked, mini } = rig([{ answer: '{"token":"t"}' }, { status: 403, answer: '{"token":"no"}' }, {}])
  await mini.login()
  await mini.login()
  expect(mini.loggedIn.value).toBe(false)
  await mini.givePhone('13800000001')
  expect(asked.at(-1)).not.toHaveProperty('token')
})

test('a page is shared with the key that the service gives, and nothing is sent without one', async () => {
  const answer = JSON.stringify({ path: '/pages/goods/tea?share=k', title: '春茶', picture: null })
  const { asked, cards, mini } = rig([{ status: 201, answer: '{"token":"t"}' }, { answer }, { status: 422, answer: '{}' }])
  await mini.login()
  expect(await mini.share('pages/goods/tea')).toBe(true)
  expect(cards).toEqual([{ account: 'shop', path: '/pages/goods/tea?share=k', title: '春茶' }])
  expect(asked.at(-1)).toEqual({ method: 'PUT', path: '/api/mini/v1/share-links', body: { page: 'pages/goods/tea' }, token: 't' })
  expect(await mini.share('?')).toBe(false)
  expect(cards.length).toBe(1)
})

test('who opens a card logs in first, tells the key and the scene, and then how long they stayed', async () => {
  const { asked, mini } = rig([{ status: 201, answer: '{"token":"t"}' }, { status: 204 }, { answer: '{}' }])
  await mini.stay(10, new Date(0))
  expect(asked).toEqual([])
  await mini.openShare(7, 'group')
  expect(asked.map((one) => one.path)).toEqual(['/login', '/api/mini/v1/share-visits'])
  expect(asked[1]).toMatchObject({ body: { key: 'key-7', scene: 1008 }, token: 't' })
  await mini.stay(10, new Date(0))
  expect(asked[2]?.body).toMatchObject({ events: [{ kind: 'dwell', page: 'pages/goods/tea', millis: 10_000, at: '1970-01-01T00:00:00.000Z' }] })
})
