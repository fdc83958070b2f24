import { effectScope, nextTick, ref } from 'vue'
import { expect, test } from 'vitest'
import { useReading } from './reading'

/** A fetch whose answers are given by hand. */
function byHand() {
  const waiting: { answer: (value: number) => void; fail: (cause: unknown) => void }[] = []
  return { waiting, fetch: () => new Promise<number>((answer, fail) => waiting.push({ answer, fail })) }
}
const settle = async () => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve()
}

test('an answer that a later question has overtaken is dropped', async () => {
  const { waiting, fetch } = byHand()
  const scope = effectScope()
  const reading = scope.run(() => useReading(fetch))!
  void reading.read()
  waiting[1]!.answer(2)
  await settle()
  waiting[0]!.answer(1)
  await settle()
  expect([reading.value, reading.loading]).toEqual([2, false])
  scope.stop()
})

test('a failure keeps the last good value; another subject does not', async () => {
  const { waiting, fetch } = byHand()
  const subject = ref(1)
  const scope = effectScope()
  const reading = scope.run(() => useReading(fetch, subject))!
  waiting[0]!.answer(7)
  await settle()
  void reading.read()
  waiting[1]!.fail(new Error('lost'))
  await settle()
  expect([reading.value, reading.error?.message]).toEqual([7, 'lost'])
  subject.value = 2
  await nextTick()
  expect([reading.value, reading.error, waiting.length]).toEqual([null, null, 3])
  scope.stop()
})
