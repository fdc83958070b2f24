import { computed, shallowRef, type ShallowRef } from 'vue'
import type { Of } from '@ui/api/types'
import { api, ask } from './api/client'
import { shortId } from './members/named'

type Colleague = Of<'Colleague'>

const all = shallowRef<Colleague[]>([])
const names = computed(() => new Map(all.value.map(({ id, name }) => [id, name])))
let reading = false

/** Reads the names of everybody who works or worked here. Without an answer the ends of ids stand in their place. */
export async function readColleagues(): Promise<void> {
  if (reading) return
  reading = true
  try {
    all.value = await ask(api.GET('/colleagues', {}))
  } catch {
    // The next page that names somebody asks again.
  } finally {
    reading = false
  }
}

/** Everybody who works or worked here, read once; nobody until then. */
export function useAllColleagues(): ShallowRef<Colleague[]> {
  if (all.value.length === 0) void readColleagues()
  return all
}

/** Names colleagues by their ids. */
export function useColleagues(): (id: string) => string {
  useAllColleagues()
  return (id) => names.value.get(id) ?? shortId(id)
}
