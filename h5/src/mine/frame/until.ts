import { onScopeDispose, watch } from 'vue'
import type { Reading } from '@ui/reading/reading'

const first = 1_000
const longest = 10_000

/** How long to wait before looking again: soon at first, then more and more patiently. */
export const pause = (looked: number): number => Math.min(longest, Math.round(first * 1.4 ** looked))

/** Reads again for as long as something is on its way and the page can be seen. */
export function useUntil<T>(reading: Reading<T>, moving: (value: T) => boolean): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let looked = 0
  const look = () => {
    looked += 1
    if (document.hidden) timer = setTimeout(look, longest)
    else void reading.read()
  }
  // Each answer says anew whether there is something to wait for; a failure waits like no answer.
  watch(() => [reading.at, reading.error] as const, () => {
    clearTimeout(timer)
    if (reading.value === null || !moving(reading.value)) return void (looked = 0)
    timer = setTimeout(look, pause(looked))
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
}
