import { ref, watch, type Ref } from 'vue'

const prefix = 'draft:'

/** What was typed and not sent: kept on this device until it is emptied, so that a lost network or a closed page loses nothing. */
export function useDraft<T>(name: string, empty: () => T): { draft: Ref<T>; clear: () => void } {
  const place = prefix + name
  const draft = ref(kept(place) ?? empty()) as Ref<T>
  const blank = JSON.stringify(empty())
  watch(draft, (value) => {
    const text = JSON.stringify(value)
    if (text === blank) localStorage.removeItem(place)
    else localStorage.setItem(place, text)
  }, { deep: true })
  const clear = () => (draft.value = empty())
  return { draft, clear }

  function kept(at: string): T | null {
    try {
      const text = localStorage.getItem(at)
      return text === null ? null : (JSON.parse(text) as T)
    } catch {
      return null
    }
  }
}

/** Forgets all drafts: they are of who signs out. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key)
}
