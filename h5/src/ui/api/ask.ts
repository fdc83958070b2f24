import { problemOf, unanswered } from './problem'

/** What a call answers; an error of the API when it fails. */
export async function ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw unanswered(cause)
  })
  if (response.ok) return data as T
  throw problemOf(response, error)
}
