import { expect, test } from 'vitest'
import { ApiError } from './api'
import { createReader } from './reader'

/** A fetch whose answers are given by hand, in order. */
function byHand() {
  const waiting: { answer: (value: number) => void; fail: (cause: unknown) => void }[] = []
  const fetch = () => new Promise<number>((answer, fail) => waiting.push({ answer, fail }))
  return { fetch, waiting }
}

test('however many ask during a reading, exactly one more follows it', async () => {
  const { fetch, waiting } = byHand()
  const { read, reading } = createReader(fetch)
  const first = read()
  const rest = [read(), read(), read()]
  expect(waiting).toHaveLength(1)
  waiting[0]!.answer(1)
  await first
  await Promise.resolve()
  expect(waiting).toHaveLength(2)
  waiting[1]!.answer(2)
  await Promise.all(rest)
  expect(reading).toMatchObject({ value: 2, loading: false, error: null })
  expect(waiting).toHaveLength(2)
})

test('a failed reading keeps the last good value and says why', async () => {
  const { fetch, waiting } = byHand()
  const { read, reading } = createReader(fetch)
  const good = read()
  waiting[0]!.answer(1)
  await good
  const bad = read()
  waiting[1]!.fail(new ApiError(500, 'broken'))
  await bad
  expect(reading.value).toBe(1)
  expect(reading.error).toMatchObject({ status: 500, message: 'broken' })
})
