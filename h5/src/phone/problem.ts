import { ApiError } from './api'

/** What to tell the reader about a failure: that the sandbox is not there, or what it said. */
export function problem(cause: unknown, t: (key: string) => string): string {
  if (cause instanceof ApiError && cause.status === 0) return t('error.unreachable')
  return cause instanceof Error ? cause.message : String(cause)
}
