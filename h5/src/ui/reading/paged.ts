import { computed, onScopeDispose, shallowReactive, watch, type WatchSource } from 'vue'
import { asApiError } from '../api/problem'
import type { Page } from '../api/types'
import type { Reading } from './reading'

/** A list that is read page by page. `value` holds all rows that were read. */
export interface Paged<T> extends Reading<T[]> {
  /** Whether there is more to read. */
  more: boolean
  /** Reads the next page. */
  next: () => Promise<void>
  /** Reads the head again; what was read further down stays. */
  refresh: () => Promise<void>
}

/** The rows of a fresh first page, then those further down: nothing twice, and nothing that the head has lost. */
export function joined<T>(fresh: T[], old: T[], id: (row: T) => string, whole: boolean): T[] {
  if (whole) return fresh
  const known = new Set(fresh.map(id))
  const end = fresh.at(-1)
  const from = end === undefined ? -1 : old.findIndex((row) => id(row) === id(end))
  // Where the end of the head is not among the old rows, the list has moved on by more than a page.
  if (from < 0) return fresh
  return [...fresh, ...old.slice(from + 1).filter((row) => !known.has(id(row)))]
}

/** Reads the first page at once, and anew whenever `when` changes. `id` names a row. */
export function usePaged<T>(fetch: (cursor?: string) => Promise<Page<T>>, id: (row: T) => string, when?: WatchSource<unknown>): Paged<T> {
  let last = 0
  let cursor: string | null = null
  const list: Paged<T> = shallowReactive({ value: null, at: null, loading: false, error: null, more: false, read, next, refresh })

  async function run(job: () => Promise<() => void>) {
    const mine = ++last
    list.loading = true
    try {
      const take = await job()
      if (mine !== last) return
      take()
      Object.assign(list, { at: new Date(), error: null })
    } catch (cause) {
      if (mine === last) list.error = asApiError(cause)
    } finally {
      if (mine === last) list.loading = false
    }
  }
  function took(page: Page<T>, rows: T[], deep = false) {
    list.value = rows
    if (deep) return
    cursor = page.next ?? null
    list.more = cursor !== null
  }
  function read() {
    return run(async () => {
      const page = await fetch()
      return () => took(page, page.items)
    })
  }
  async function next() {
    const at = cursor
    if (at === null || list.loading) return
    await run(async () => {
      const page = await fetch(at)
      return () => took(page, [...(list.value ?? []), ...page.items])
    })
  }
  async function refresh() {
    const old = list.value
    if (!old) return read()
    if (list.loading) return
    await run(async () => {
      const page = await fetch()
      const rows = joined(page.items, old, id, !page.next)
      return () => took(page, rows, rows.length > page.items.length)
    })
  }

  if (when) {
    watch(when, () => {
      Object.assign(list, { value: null, at: null, error: null, more: false })
      cursor = null
      void read()
    })
  }
  onScopeDispose(() => (last += 1))
  void read()
  return list
}

/** How many rows a list shows, and whether that is all. */
export const useCount = (list: Paged<unknown>) => computed(() => ({ count: list.value?.length ?? 0, more: list.more }))
