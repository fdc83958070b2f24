import { shallowRef } from 'vue'
import { api, ask } from './api/client'
import { shortId } from './members/named'

const names = shallowRef<ReadonlyMap<string, string> | null>(null)
let reading = false

/** Reads the names of everybody who works or worked here. Without an answer the ends of ids stand in their place. */
export async function readColleagues(): Promise<void> {
  if (reading) return
  reading = true
  try {
    const all = await ask(api.GET('/colleagues', {}))
    names.value = new Map(all.map(({ id, name }) => [id, name]))
  } catch {
    // The next page that names somebody asks again.
  } finally {
    reading = false
  }
}

/** Names colleagues by their ids; all of them are read once. */
export function useColleagues(): (id: string) => string {
  if (!names.value) void readColleagues()
  return (id) => names.value?.get(id) ?? shortId(id)
}
