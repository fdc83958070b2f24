import type { Of } from '@ui/api/types'
import { useReading, type Reading } from '@ui/reading/reading'
import { api, ask } from '../api/client'

export type Canned = Of<'CannedReply'>

/** Replies that all staff share, as they stand. */
export const useCanned = (): Reading<Canned[]> => useReading(() => ask(api.GET('/canned-replies', {})))

/** What is looked for in a draft: the words behind a slash at its beginning; null when nothing is. */
export const sought = (draft: string): string | null => (/^[/／][^\n]*$/.test(draft) ? draft.slice(1).trim() : null)

/** The replies in which all words stand, those whose title begins with them first. */
export function matching(all: Canned[], text: string): Canned[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (one: Canned) => words.every((word) => `${one.title}\n${one.text}`.toLowerCase().includes(word))
  const first = (one: Canned) => (words[0] !== undefined && one.title.toLowerCase().startsWith(words[0]) ? 0 : 1)
  return all.filter(has).sort((one, other) => first(one) - first(other))
}

/** The list with one entry moved up or down. */
export function moved(ids: string[], id: string, by: -1 | 1): string[] {
  const from = ids.indexOf(id)
  const to = from + by
  if (from < 0 || to < 0 || to >= ids.length) return ids
  const next = [...ids]
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}
