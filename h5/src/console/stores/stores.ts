import { computed, shallowRef } from 'vue'
import type { Of } from '@ui/api/types'
import { api, ask } from '../api/client'
import { shortId } from '../members/named'

export type Store = Of<'Store'>

const all = shallowRef<Store[] | null>(null)
let reading = false

/** Reads all stores anew. Without an answer those from before stay. */
export async function readStores(): Promise<void> {
  if (reading) return
  reading = true
  try {
    all.value = await ask(api.GET('/stores', {}))
  } catch {
    // The next page that names a store asks again.
  } finally {
    reading = false
  }
}

/** Names stores by their ids, and offers those that are open; all are read once. */
export function useStores() {
  if (!all.value) void readStores()
  const open = computed(() => (all.value ?? []).filter(({ closed_at: closed }) => !closed))
  return { open, called: (id: string): string => all.value?.find((one) => one.id === id)?.name ?? shortId(id) }
}

/** What a box offers: a first line for none, then the open stores, and the present one although it is closed. */
export function storeOptions(open: Store[], none: string, present?: { key: string; label: string }): { key: string; label: string }[] {
  const offered = open.map(({ id, name }) => ({ key: id, label: name }))
  const kept = present && present.key && !offered.some(({ key }) => key === present.key) ? [present] : []
  return [{ key: '', label: none }, ...kept, ...offered]
}

/** What a form changes about a store; null when nothing does, or the name is missing. */
export function storeChanges(before: Pick<Store, 'name'>, name: string): Of<'StoreChange'> | null {
  const told = name.trim()
  return told && [...told].length <= 40 && told !== before.name ? { name: told } : null
}

/** What is wrong with a store that is to be opened. */
export function storeFlaw(form: { code: string; name: string }): 'code' | 'name' | null {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(form.code.trim())) return 'code'
  return form.name.trim() && [...form.name.trim()].length <= 40 ? null : 'name'
}
