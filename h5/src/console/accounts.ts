import { shallowRef, type ShallowRef } from 'vue'
import { api, ask } from './api/client'

interface Named { key: string; name: string }

/** What has a key and a name, read once by the first page that needs it; nothing until then. */
function directory<T extends Named>(read: () => Promise<T[]>): () => ShallowRef<T[]> {
  const all = shallowRef<T[]>([])
  let reading = false

  async function once(): Promise<void> {
    if (reading || all.value.length > 0) return
    reading = true
    try {
      all.value = await read()
    } catch {
      // The next page that names one asks again.
    } finally {
      reading = false
    }
  }
  return () => {
    void once()
    return all
  }
}

/** Names by keys. Without an answer keys stand in the place of names. */
const naming = (use: () => ShallowRef<Named[]>) => (): ((key: string) => string) => {
  const all = use()
  return (key) => all.value.find((one) => one.key === key)?.name ?? key
}

/** The brand's official accounts and mini programs. */
export const useAllAccounts = directory(() => ask(api.GET('/accounts', {})))
/** Names the brand's accounts by their keys. */
export const useAccounts = naming(useAllAccounts)
/** The brand's merchants of WeChat Pay. */
export const useAllMerchants = directory(() => ask(api.GET('/merchants', {})))
/** Names the brand's merchants of WeChat Pay by their keys. */
export const useMerchants = naming(useAllMerchants)
