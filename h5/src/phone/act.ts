import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from '@ui/toast'
import { problem } from './problem'

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
      toast(t('error.refused', { why: problem(cause, t) }), 'bad')
      return null
    } finally {
      busy.value = false
    }
  }
  return { busy, act }
}
