import { useI18n } from 'vue-i18n'
import { now } from '@ui/reading/clock'
import { dayAndTime } from '@i18n/time'
import { useAccounts } from '../accounts'
import type { Telling } from './why'

/** What explanations need to be told on this page, in the reader's language. */
export function useTelling(): Telling {
  const { t, te, locale } = useI18n()
  // Both tables hold the same keys, so whether there are words is asked of one.
  return { t: (key, values) => t(key, values ?? {}), te: (key) => te(key, 'zh'), when: (at) => dayAndTime(at, now.value, locale.value), account: useAccounts() }
}
