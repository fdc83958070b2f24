// @vitest-environment node
import { expect, test } from 'vitest'
import type { Api } from '../api'
import type { Answered, Asked, Person, Service } from '../contract'
import { tokenOf, useMini, went } from './steps'

const service: Service = { url: 'http://127.0.0.1:8080', login_path: '/login', phone_path: '/phone' }

function rig(answers: Partial<Answered>[]) {
  const asked: Asked[] = []
  const api = {
    login: async () => 'L1',
    tapPhone: async () => ({ code: 'P1', encryptedData: null, iv: null }),
    ask: async (one: Asked) => {
      asked.push(one)
      return { url: '', status: 200, answer: '', took_ms: 1, ...answers.shift() }
    },
  } as unknown as Api
  return { asked, mini: useMini(api, 'shop', () => ({ id: 'p1' }) as Person, () => service) }
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

test('a login that fails ends the session before it', async () => {
  const { asked, mini } = rig([{ answer: '{"token":"t"}' }, { status: 403, answer: '{"token":"no"}' }, {}])
  await mini.login()
  await mini.login()
  expect(mini.loggedIn.value).toBe(false)
  await mini.givePhone('13800000001')
  expect(asked.at(-1)).not.toHaveProperty('token')
})
