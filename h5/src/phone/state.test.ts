// @vitest-environment node
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serve } from '../../dev/mock/server.ts'
import { World } from '../../dev/mock/world.ts'
import { ApiError, createApi } from './api'
import { createPhone, type Phone } from './state'

let world: World
let server: Server
let phone: Phone

beforeEach(async () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  world = new World(true, (what) => what())
  const mock = serve(world)
  server = createServer((request, answer) => void mock(request, answer, () => answer.writeHead(404).end()))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  phone = createPhone(createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  await phone.readAll()
})
afterEach(() => {
  vi.unstubAllGlobals()
  return new Promise((done) => server.close(done))
})

const chat = () => phone.chat('tea')!

test('a new person follows and finds the welcome, the push and the allowance', async () => {
  const { id } = await phone.api.newPerson('何雨')
  phone.chosen.value = id
  await phone.api.follow(id, 'tea')
  await phone.readAll()
  await chat().read()
  expect(phone.person.value).toMatchObject({ name: '何雨', follows: ['tea'], unread: { tea: 1 } })
  expect(chat().reading.value?.messages.map((message) => [message.from, message.via])).toEqual([['account', 'passive']])
  expect(chat().reading.value?.window).toMatchObject([{ trigger: 'follow', left: 3 }])
  expect(phone.pushes.reading.value?.[0]).toMatchObject({ kind: 'event:subscribe', outcome: 'replied' })
})

test('events bring the readings up to date', async () => {
  await chat().read()
  const before = chat().reading.value!.messages.length
  phone.onEvent({ type: 'typing', person: 'p1', account: 'tea', on: true })
  expect(chat().reading.value?.typing).toBe(true)
  world.say(world.people[0]!, 'tea', { from: 'account', type: 'text', via: 'custom', content: { content: '到店有礼' } })
  phone.onEvent({ type: 'chat', person: 'p1', account: 'tea' })
  await Promise.all([chat().read(), phone.sandbox.read()])
  expect(chat().reading.value).toMatchObject({ typing: false })
  expect(chat().reading.value?.messages).toHaveLength(before + 1)
  expect(phone.person.value?.unread['tea']).toBe(3)
})

test('a message that cannot be sent waits, and leaves once sent again', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('connection refused')))
  await phone.send('tea', { type: 'text', text: '积分' })
  expect(phone.unsent).toMatchObject([{ person: 'p1', account: 'tea', message: { text: '积分' }, why: { status: 0 } }])
  vi.unstubAllGlobals()
  const kept = phone.takeUnsent(phone.unsent[0]!.id)!
  await phone.send(kept.account, kept.message)
  expect(phone.unsent).toHaveLength(0)
  expect(world.chat('p1', 'tea').messages.at(-1)?.content).toEqual({ content: '你有 1,280 积分。' })
})

test('a standing clock shows exactly the time of the sandbox and moves with it', async () => {
  const before = phone.now.value.getTime()
  await phone.api.advance(3600)
  await phone.sandbox.read()
  expect(phone.now.value.getTime() - before).toBe(3_600_000)
})

test('a planned fault makes the push fail, tells the person, and is used up', async () => {
  await phone.api.addFault({ endpoint: 'callback', kind: 'cut_after', times: 1 })
  await chat().read()
  await phone.send('tea', { type: 'text', text: '在吗' })
  await phone.readAll()
  expect(phone.pushes.reading.value?.[0]).toMatchObject({ outcome: 'failed' })
  expect(phone.pushes.reading.value?.[0]?.attempts).toHaveLength(3)
  expect(chat().reading.value?.messages.at(-1)).toMatchObject({ from: 'notice' })
  expect(phone.state.value?.faults).toEqual([])
})

test('refusals carry the status and the words of the sandbox', async () => {
  await expect(phone.api.scan('p1', 'nonsense')).rejects.toEqual(new ApiError(422, 'unknown code'))
  await expect(phone.api.scan('p1', 'nonsense')).rejects.toMatchObject({ status: 422 })
})

test('scanning follows, or shows only the profile when the code is over', async () => {
  await phone.api.scan('p2', 'gQH_store_017')
  expect(world.people[1]?.follows).toEqual(['tea'])
  expect(await phone.api.scan('p2', 'gQE_old')).toMatchObject({ push: null, profile: { key: 'lab' } })
})
