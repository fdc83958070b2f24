import { beforeEach, expect, test, vi } from 'vitest'
import { createTransport, once } from './transport'

const keys: string[] = []
const around = { token: () => 'tok', language: () => 'en', refused: vi.fn(), told: vi.fn() }
const answer = (status: number) => vi.fn(async (request: Request | URL | string) => {
  keys.push((request as Request).headers.get('idempotency-key') ?? '')
  return new Response('{}', { status, headers: { date: 'Sun, 22 Nov 2026 03:00:00 GMT' } })
})
const post = (body: string) => new Request('http://a.example/api/x', { method: 'POST', body, headers: { ...once, 'content-type': 'application/json' } })

beforeEach(() => {
  keys.length = 0
  sessionStorage.clear()
  vi.clearAllMocks()
})

test('what was not answered is sent again with the same key, what was answered is another intention', async () => {
  const lost = createTransport(around, vi.fn(async (request: unknown) => {
    keys.push((request as Request).headers.get('idempotency-key') ?? '')
    throw new TypeError('network')
  }))
  await expect(lost(post('{"a":1}'))).rejects.toThrow('network')
  await createTransport(around, answer(503))(post('{"a":1}'))
  await createTransport(around, answer(201))(post('{"a":1}'))
  await createTransport(around, answer(201))(post('{"a":1}'))
  expect(keys).toHaveLength(4)
  expect(new Set(keys.slice(0, 3)).size).toBe(1)
  expect(keys[3]).not.toBe(keys[0])
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
})

test('other words are another intention', async () => {
  const send = createTransport(around, answer(503))
  await send(post('{"a":1}'))
  await send(post('{"a":2}'))
  expect(keys[0]).not.toBe(keys[1])
})

test('a key that the caller names stays; calls without one get none', async () => {
  const send = createTransport(around, answer(200))
  await send(new Request('http://a.example/api/x', { method: 'POST', headers: { 'Idempotency-Key': 'mine-0001' } }))
  await send(new Request('http://a.example/api/x'))
  expect(keys).toEqual(['mine-0001', ''])
})

test('who calls and in which language is said; the time is heard; a refused session is told', async () => {
  const send = vi.fn(async (request: unknown) => {
    const { headers } = request as Request
    expect([headers.get('authorization'), headers.get('accept-language')]).toEqual(['Bearer tok', 'en'])
    return new Response(null, { status: 401, headers: { date: 'Sun, 22 Nov 2026 03:00:00 GMT' } })
  })
  await createTransport(around, send as unknown as typeof fetch)(new Request('http://a.example/api/x'))
  expect(around.refused).toHaveBeenCalledOnce()
  expect(around.told).toHaveBeenCalledWith(new Date('2026-11-22T03:00:00Z'))
  await createTransport({ ...around, token: () => null }, answer(401))(new Request('http://a.example/api/sessions'))
  expect(around.refused).toHaveBeenCalledOnce()
})
