import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listen, type Connection } from './events'

class Source {
  static all: Source[] = []
  onopen = () => {}
  onerror = () => {}
  onmessage = (_: { data: string }) => {}
  closed = false
  constructor(readonly url: string) {
    Source.all.push(this)
  }
  close() {
    this.closed = true
  }
}

let stop = () => {}

beforeEach(() => {
  Source.all = []
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Source)
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function start() {
  const seen = { events: [] as unknown[], live: 0, connection: [] as Connection[] }
  stop = listen('/e', { onEvent: (event) => seen.events.push(event), onLive: () => (seen.live += 1), onConnection: (to) => seen.connection.push(to) })
  return seen
}

test('every connection asks to read again, and events come through', () => {
  const seen = start()
  Source.all[0]!.onopen()
  Source.all[0]!.onmessage({ data: '{"type":"state"}' })
  expect(seen).toEqual({ events: [{ type: 'state' }], live: 1, connection: ['connecting', 'live'] })
})

test('a lost connection is opened again, with growing pauses, and read again', () => {
  const seen = start()
  Source.all[0]!.onopen()
  Source.all[0]!.onerror()
  expect(seen.connection.at(-1)).toBe('lost')
  vi.advanceTimersByTime(500)
  Source.all[1]!.onerror()
  vi.advanceTimersByTime(999)
  expect(Source.all).toHaveLength(2)
  vi.advanceTimersByTime(1)
  Source.all[2]!.onopen()
  expect(seen.live).toBe(2)
  expect(seen.connection.at(-1)).toBe('live')
})

test('coming back online connects at once', () => {
  const seen = start()
  Source.all[0]!.onopen()
  dispatchEvent(new Event('offline'))
  expect(seen.connection.at(-1)).toBe('offline')
  dispatchEvent(new Event('online'))
  expect(Source.all).toHaveLength(2)
  expect(Source.all[0]!.closed).toBe(true)
})

test('after stopping nothing opens any more', () => {
  start()
  Source.all[0]!.onerror()
  stop()
  vi.advanceTimersByTime(60_000)
  dispatchEvent(new Event('online'))
  expect(Source.all).toHaveLength(1)
})
