import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useWording } from './wording'

const warning = (found: string) => ({ rule: 'rewarded_share', found, reason_zh: '诱导分享', reason_en: 'Induced sharing' })
beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('words are looked at once the typing rests, and only the last ones', async () => {
  const asked: string[] = []
  const words = ref('')
  const scope = effectScope()
  const { warnings, looking } = scope.run(() => useWording(() => words.value, async (text) => {
    asked.push(text)
    return { warnings: [warning(text)] }
  }))!
  for (const text of ['分', '分享', '分享得红包 ']) {
    words.value = text
    await nextTick()
    await vi.advanceTimersByTimeAsync(300)
  }
  expect([asked, looking.value]).toEqual([[], true])
  await vi.advanceTimersByTimeAsync(700)
  expect([asked, warnings.value.map(({ found }) => found), looking.value]).toEqual([['分享得红包'], ['分享得红包'], false])
  words.value = ''
  await nextTick()
  expect([warnings.value, looking.value]).toEqual([[], false])
  scope.stop()
})

test('an answer about words that are gone is dropped, and none is no warning', async () => {
  const answers: ((value: { warnings: ReturnType<typeof warning>[] }) => void)[] = []
  const words = ref('一')
  const scope = effectScope()
  const { warnings } = scope.run(() => useWording(() => words.value, () => new Promise((done, failed) => answers.push(words.value === '三' ? () => failed(new Error('lost')) : done))))!
  await vi.advanceTimersByTimeAsync(700)
  words.value = '二'
  await nextTick()
  await vi.advanceTimersByTimeAsync(700)
  answers[1]!({ warnings: [] })
  answers[0]!({ warnings: [warning('一')] })
  await vi.advanceTimersByTimeAsync(0)
  expect(warnings.value).toEqual([])
  words.value = '三'
  await nextTick()
  await vi.advanceTimersByTimeAsync(700)
  answers[2]!({ warnings: [] })
  await vi.advanceTimersByTimeAsync(0)
  expect(warnings.value).toEqual([])
  scope.stop()
})
