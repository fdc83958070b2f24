import type { Of } from '@ui/api/types'

export type Button = Of<'MenuButton'>
export type Item = Of<'MenuItem'>
export type Menu = Of<'AccountMenu'>

/** What a difference says, one line for each thing that goes or comes. */
export interface Row { sign: '+' | '-' | '~'; key: string; values: Record<string, unknown>; text?: string }

export function rowsOf(change: Of<'MenuChange'>): Row[] {
  if (change.what === 'template') return [{ sign: '+', key: 'template', values: { title: change.title } }]
  if (change.what === 'conditional') return [{ sign: '~', key: 'conditional', values: { lost: change.lost, gained: change.gained } }]
  if (change.lost.length + change.gained.length === 0) return [{ sign: '~', key: 'order', values: {} }]
  const line = (sign: '+' | '-') => (text: string): Row => ({ sign, key: '', values: {}, text })
  return [...change.lost.map(line('-')), ...change.gained.map(line('+'))]
}

export const tones = { same: 'ok', differs: 'warn', unset: 'info', broken: 'bad', unreachable: 'bad' } as const
