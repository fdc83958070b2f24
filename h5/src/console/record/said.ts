import { useI18n } from 'vue-i18n'
import type { IconName } from '@ui/icons'
import type { Tone } from '@ui/Tag.vue'
import { wordsOf, type Outcome } from './deeds'

export const tones: Record<Outcome, Tone> = { done: 'ok', refused: 'warn', failed: 'bad', open: 'neutral' }
export const icons: Record<Outcome, IconName> = { done: 'check', refused: 'stop', failed: 'alert', open: 'clock' }

/** Says what an action is, in words; as it is written where there are none. */
export function useSaid(): (action: string) => string {
  const { t, te } = useI18n()
  return (action) => {
    const { thing, deed } = wordsOf(action)
    // Words are looked for in Chinese: the English table has the same keys.
    return te(`record.thing.${thing}`, 'zh') && te(`record.deed.${deed}`, 'zh') ? `${t(`record.thing.${thing}`)} · ${t(`record.deed.${deed}`)}` : action
  }
}
