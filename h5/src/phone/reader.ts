import { reactive } from 'vue'
import { ApiError } from './api'

/** Something read from the sandbox: the last good value stays while it is read again or while reading fails. */
export interface Reading<T> {
  value: T | null
  loading: boolean
  error: ApiError | null
}

export interface Reader<T> {
  reading: Reading<T>
  /** Reads now. A call during a reading starts one more after it, however many ask: the last value is never older than the last call. */
  read: () => Promise<void>
}

export function createReader<T>(fetch: () => Promise<T>): Reader<T> {
  const reading = reactive({ value: null, loading: false, error: null }) as Reading<T>
  let running: Promise<void> | null = null
  let again: Promise<void> | null = null

  async function once() {
    reading.loading = true
    try {
      reading.value = await fetch()
      reading.error = null
    } catch (cause) {
      reading.error = cause instanceof ApiError ? cause : new ApiError(0, String(cause))
    } finally {
      reading.loading = false
      running = null
    }
  }

  function read(): Promise<void> {
    if (!running) return (running = once())
    again ??= running.then(() => {
      again = null
      return (running = once())
    })
    return again
  }

  return { reading, read }
}
