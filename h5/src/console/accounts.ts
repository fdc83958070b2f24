import { shallowRef } from 'vue'
import { api, ask } from './api/client'

/** Names by keys, read once by the first page that needs them. Without an answer keys stand in the place of names. */
function directory(read: () => Promise<{ key: string; name: string }[]>): () => (key: string) => string {
  const names = shallowRef<ReadonlyMap<string, string> | null>(null)
  let reading = false

  async function once(): Promise<void> {
    if (reading) return
    reading = true
    try {
      names.value = new Map((await read()).map(({ key, name }) => [key, name]))
    } catch {
      // The next page that names one asks again.
    } finally {
      reading = false
    }
  }
  return () => {
    if (!names.value) void once()
    return (key) => names.value?.get(key) ?? key
  }
}

/** Names the brand's official accounts and mini programs by their keys. */
export const useAccounts = directory(() => ask(api.GET('/accounts', {})))
/** Names the brand's merchants of WeChat Pay by their keys. */
export const useMerchants = directory(() => ask(api.GET('/merchants', {})))
