/** How somebody is called: the name, else the nickname, else the end of the id. */
export function named(one: { id: string; name?: string | null; nickname?: string | null }): string {
  return one.name || one.nickname || shortId(one.id)
}

/** An id as people can compare it: `…7K2P`. Whole ids are for machines. */
export const shortId = (id: string): string => `…${id.slice(-6)}`
