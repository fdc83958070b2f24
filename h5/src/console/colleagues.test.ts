import { afterEach, expect, test, vi } from 'vitest'

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}
const answers = (status: number, body: unknown) => vi.fn(async () => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }))
const fresh = async () => {
  vi.resetModules()
  return import('./colleagues')
}
afterEach(() => vi.unstubAllGlobals())

test('everybody is read once, and named; a stranger is the end of an id', async () => {
  const asked = answers(200, [{ id: 'stf_000001', name: '李店长' }])
  vi.stubGlobal('fetch', asked)
  const { readColleagues, useColleagues } = await fresh()
  await readColleagues()
  const called = useColleagues()
  useColleagues()
  expect([called('stf_000001'), called('stf_abcdef'), asked.mock.calls.length]).toEqual(['李店长', '…abcdef', 1])
})

test('without an answer ids stand there, and the next page asks again', async () => {
  const asked = answers(503, {})
  vi.stubGlobal('fetch', asked)
  const { readColleagues, useColleagues } = await fresh()
  await readColleagues()
  expect(useColleagues()('stf_000001')).toBe('…000001')
  await settle()
  expect(asked.mock.calls.length).toBe(2)
})
