import { onScopeDispose, shallowReactive, watch, type WatchSource } from 'vue'
import { asApiError, type ApiError } from '../api/problem'

/** Something read from the server: the last good value, from when it is, and why there is no newer one. */
export interface Reading<T> {
  value: T | null
  at: Date | null
  loading: boolean
  error: ApiError | null
  read: () => Promise<void>
}

/**
 * Reads at once, and anew whenever `when` changes: then the old value goes, for it is of something else.
 * An answer that a later question has overtaken is dropped.
 */
export function useReading<T>(fetch: () => Promise<T>, when?: WatchSource<unknown>): Reading<T> {
  let last = 0
  const reading: Reading<T> = shallowReactive({ value: null, at: null, loading: false, error: null, read })

  async function read() {
    const mine = ++last
    reading.loading = true
    try {
      const value = await fetch()
      if (mine === last) Object.assign(reading, { value, at: new Date(), error: null })
    } catch (cause) {
      if (mine === last) reading.error = asApiError(cause)
    } finally {
      if (mine === last) reading.loading = false
    }
  }

  if (when) {
    watch(when, () => {
      Object.assign(reading, { value: null, at: null, error: null })
      void read()
    })
  }
  onScopeDispose(() => (last += 1))
  void read()
  return reading
}
