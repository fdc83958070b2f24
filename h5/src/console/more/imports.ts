import type { Tone } from '@ui/Tag.vue'
import type { Of } from '@ui/api/types'

type State = Of<'ImportState'>
export const importTones: Record<State, Tone> = { reading: 'info', ready: 'neutral', checking: 'info', running: 'info', done: 'ok', undoing: 'warn', undone: 'neutral', failed: 'bad' }

/** Whether something is under way that moves by itself. */
export const moving = (state: State): boolean => ['reading', 'checking', 'running', 'undoing'].includes(state)

export type Field = Of<'ImportField'>
export const fields = ['ignore', 'phone', 'card', 'external', 'name', 'sex', 'birthday', 'region', 'joined_at', 'store', 'tier', 'points'] as const
export type FieldKey = Field['field']

/** The same column with another meaning; what the guess knew besides (issuer, system, key) is kept where it fits. */
export function meaning(key: FieldKey, before: Field): Field {
  if (before.field === key) return before
  if (key === 'card') return { field: 'card', issuer: 'system' in before ? before.system : 'pos' }
  if (key === 'external') return { field: 'external', system: 'issuer' in before ? before.issuer : 'pos' }
  return { field: key } as Field
}

/** Meanings that two columns claim: each may stand once, except what is left out and attributes of different keys. */
export function doubled(columns: Field[]): string[] {
  const keys = columns.filter(({ field }) => field !== 'ignore').map((one) => ('key' in one ? `attribute ${one.key}` : 'issuer' in one ? `card ${one.issuer}` : 'system' in one ? `external ${one.system}` : one.field))
  return [...new Set(keys.filter((key, at) => keys.indexOf(key) !== at))]
}

/** What can be done with an import in a state. */
export function importActs(one: Pick<Of<'Import'>, 'state' | 'mapping'>): ('check' | 'start' | 'undo')[] {
  if (one.state === 'ready') return one.mapping ? ['check', 'start'] : []
  if (one.state === 'failed') return ['start', 'undo']
  return one.state === 'done' ? ['undo'] : []
}
