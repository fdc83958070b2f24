import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from '@ui/toast'
import { ApiError } from './api'

/** Runs what the user asked for: `busy` meanwhile, a toast when it fails, `null` then. */
export function useAct() {
  const { t } = useI18n()
  const busy = ref(false)

  async function act<T>(doing: () => Promise<T>, done?: string): Promise<T | null> {
    busy.value = true
    try {
      const answer = await doing()
      if (done) toast(done)
      return answer
    } catch (cause) {
      toast(cause instanceof ApiError && cause.status === 0 ? t('error.unreachable') : t('error.refused', { why: cause instanceof Error ? cause.message : String(cause) }), 'bad')
      return null
    } finally {
      busy.value = false
    }
  }
  return { busy, act }
}
