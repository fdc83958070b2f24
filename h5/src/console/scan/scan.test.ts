import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '@ui/api/problem'
import { inWechat, useScan } from './scan'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const code = { key: 'k', link: 'https://crm.example.com/m/staff/k?account=brand', number: '42', expires_at: '2026-11-23T03:02:00Z' }
type Said = 'waiting' | 'scanned' | 'confirmed' | number

/** A code about which the server says these things, one after the other. */
function screen(...said: Said[]) {
  const look = vi.fn(() => {
    const next = said.length > 1 ? said.shift()! : said[0]!
    return typeof next === 'number' ? Promise.reject(new ApiError(next, 'x', 'x')) : Promise.resolve({ state: next })
  })
  const agreed = vi.fn(() => Promise.resolve())
  const scope = effectScope()
  const all = scope.run(() => useScan({ ask: () => Promise.resolve(code), look, agreed }))!
  return { ...all, look, agreed, scope }
}

test('a code is asked about until the phone has agreed', async () => {
  const { scan, begin, follow, look, agreed } = screen('waiting', 'scanned', 'confirmed')
  const { key } = await begin()
  void follow(key)
  const seen: string[] = []
  for (const _ of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(0)
    seen.push(scan.step)
    await vi.advanceTimersByTimeAsync(2_000)
  }
  expect(seen).toEqual(['waiting', 'scanned', 'confirmed'])
  expect([agreed.mock.calls, look.mock.calls.length]).toEqual([[['k']], 3])
})

test('what cannot be found is over; what has no answer is asked again', async () => {
  const { scan, follow, look, agreed } = screen('scanned', 503, 0, 404)
  void follow('k')
  await vi.advanceTimersByTimeAsync(4_000)
  expect([scan.step, look.mock.calls.length]).toEqual(['scanned', 3])
  await vi.advanceTimersByTimeAsync(10_000)
  expect([scan.step, look.mock.calls.length, agreed.mock.calls.length]).toEqual(['over', 4, 0])
})

test('a page that is left asks no more', async () => {
  const { follow, look, scope } = screen('waiting')
  void follow('k')
  await vi.advanceTimersByTimeAsync(0)
  scope.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(look).toHaveBeenCalledTimes(1)
})

test.each([['Mozilla/5.0 (Linux; Android 14) Chrome/126 MicroMessenger/8.0.50', true], ['Mozilla/5.0 (Windows NT 10.0) Chrome/140', false]])('%s: %s', (agent, known) => expect(inWechat(agent)).toBe(known))
