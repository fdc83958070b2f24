import type { IconName } from '@ui/icons'

/** The sign of each source of facts. */
export const icons: Record<string, IconName> = { event: 'flag', touch: 'pin', behaviour: 'eye', message: 'chat', points: 'wallet', reach: 'send', order: 'gift' }

/**
 * The words of a kind of fact: those of the whole kind, else those of its beginning (`person.text` → `person`), else none.
 * Dots and colons separate groups in kinds; word tables have flat keys.
 */
export function kindKey(kind: string, known: (key: string) => boolean): string | null {
  const whole = kind.replaceAll(/[.:]/g, '_')
  if (known(whole)) return whole
  const head = kind.split(/[.:]/)[0] ?? ''
  return head !== kind && known(head) ? head : null
}
