import { shallowRef } from 'vue'
import { api, ask } from './api/client'

const names = shallowRef<ReadonlyMap<string, string> | null>(null)
let reading = false

/** Reads what the brand's accounts are called. Without an answer their keys stand in their place. */
async function readAccounts(): Promise<void> {
  if (reading) return
  reading = true
  try {
    const all = await ask(api.GET('/accounts', {}))
    names.value = new Map(all.map(({ key, name }) => [key, name]))
  } catch {
    // The next page that names an account asks again.
  } finally {
    reading = false
  }
}

/** Names the brand's official accounts and mini programs by their keys; all of them are read once. */
export function useAccounts(): (key: string) => string {
  if (!names.value) void readAccounts()
  return (key) => names.value?.get(key) ?? key
}
