import { expect, test, vi } from 'vitest'
import { blocks, listen, type Told } from './stream'

test('blocks are read however they are cut; a comment says to look', () => {
  const next = blocks()
  expect(next('retry: 3000\n: look\n')).toEqual([])
  expect(next('\nevent: conversation.changed\nda')).toEqual([null])
  expect(next('ta: {"id":"cnv_1"}\n\nevent: needs.changed\ndata: {}\n\n: lo')).toEqual([{ event: 'conversation.changed', id: 'cnv_1' }, { event: 'needs.changed', id: null }])
  expect(next('ok\n\n')).toEqual([null])
  expect(next('event: x\ndata: broken\n\n')).toEqual([{ event: 'x', id: null }])
})
test('whoever listens shows who they are, hears everything, and is told when it is over', async () => {
  const send = vi.fn(async () => new Response('event: import.moved\ndata: {"id":"imp_1"}\n\n: look\n\n'))
  const heard: (Told | null)[] = []
  expect(await listen('hls_1', new AbortController().signal, (told) => heard.push(told), send)).toBe(true)
  expect(heard).toEqual([{ event: 'import.moved', id: 'imp_1' }, null])
  expect(send).toHaveBeenCalledWith('/api/admin/v1/events', expect.objectContaining({ headers: { authorization: 'Bearer hls_1', accept: 'text/event-stream' } }))
})
test('a refusal is no stream', async () => {
  const send = vi.fn(async () => new Response('{}', { status: 429 }))
  expect(await listen('hls_1', new AbortController().signal, () => undefined, send)).toBe(false)
})
