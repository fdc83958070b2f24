import { ref, watch } from 'vue'

const place = 'canned'

function kept(): string[] | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place) ?? 'null')
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === 'string') : null
  } catch {
    return null
  }
}

/** Replies that staff use again and again, kept on this device. */
export const canned = ref<string[]>(kept() ?? [])
watch(canned, (all) => localStorage.setItem(place, JSON.stringify(all)), { deep: true })

/** Adds a reply at the front, once. */
export function keep(text: string): void {
  const words = text.trim()
  if (words) canned.value = [words, ...canned.value.filter((one) => one !== words)].slice(0, 100)
}
export const drop = (text: string): void => void (canned.value = canned.value.filter((one) => one !== text))
