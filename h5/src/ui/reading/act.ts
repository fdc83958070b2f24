import { ref, shallowRef } from 'vue'
import { toast } from '../toast'
import { asApiError, type ApiError } from '../api/problem'

/**
 * Runs what staff asked for. `busy` meanwhile; a short word when it is done; `failed` holds why it was not, for ErrorNote beside the
 * button. Gives whether it was done. Pressing again sends the same intention, which takes effect once.
 */
export function useAct() {
  const busy = ref(false)
  const failed = shallowRef<ApiError | null>(null)

  async function act(doing: () => Promise<unknown>, done?: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    failed.value = null
    try {
      await doing()
      if (done) toast(done)
      return true
    } catch (cause) {
      failed.value = asApiError(cause)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, failed, act }
}
