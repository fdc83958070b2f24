import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { Of } from '@ui/api/types'
import { api, ask } from '../api/client'

type Warning = Of<'WordingWarning'>
const calm = 700

/**
 * What WeChat may have against words, asked for once the typing rests. An answer about words that are no longer there is dropped;
 * without an answer nothing is said: the server looks again when they are saved.
 */
export function useWording(words: () => string, check = (text: string) => ask(api.POST('/wording-checks', { body: { text } }))): { warnings: Ref<Warning[]>; looking: Ref<boolean> } {
  const warnings = shallowRef<Warning[]>([])
  const looking = ref(false)
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function look(text: string, mine: number) {
    const answer = await check(text).catch(() => null)
    if (mine !== last) return
    warnings.value = answer?.warnings ?? []
    looking.value = false
  }
  watch(() => words().trim(), (text) => {
    const mine = ++last
    clearTimeout(timer)
    warnings.value = []
    looking.value = text !== ''
    if (text) timer = setTimeout(() => void look(text, mine), calm)
  }, { immediate: true })
  onScopeDispose(() => {
    last += 1
    clearTimeout(timer)
  })
  return { warnings, looking }
}
