import type { Of } from '@ui/api/types'

/** How somebody is called: the name, else the nickname, else the end of the id. */
export function named(one: { id: string; name?: string | null; nickname?: string | null }): string {
  return one.name || one.nickname || shortId(one.id)
}

/** An id as people can compare it: `…7K2P`. Whole ids are for machines. */
export const shortId = (id: string): string => `…${id.slice(-6)}`

/** Why two became one: what staff wrote, or the kind of identity that joined them. */
export function mergeReason({ cause, reason }: { cause: Of<'MergeCause'>; reason: string }, { t, te }: { t: (key: string) => string; te: (key: string) => boolean }): string {
  const kind = `identity.kind.${reason}`
  return cause === 'rule' && te(kind) ? t(kind) : reason
}
