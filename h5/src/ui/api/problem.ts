import type { Of } from './types'

/** An answer that is an error, as the server says it (RFC 9457), or none at all: `status` 0 = it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
    readonly detail: string | null = null,
    readonly requestId: string | null = null,
    readonly fields: Of<'FieldError'>[] = [],
  ) {
    super(title)
  }

  /** Whether the same request may succeed when it is simply sent again. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

const isProblem = (body: unknown): body is Of<'Problem'> => typeof body === 'object' && body !== null && 'code' in body && 'title' in body

/** The error of an answer; a body that is none of ours (a proxy's page) counts as `http`. */
export function problemOf(answer: Response, body: unknown): ApiError {
  const id = answer.headers.get('x-request-id')
  if (!isProblem(body)) return new ApiError(answer.status, 'http', `HTTP ${answer.status}`, null, id)
  return new ApiError(answer.status, body.code, body.title, body.detail ?? null, body.request_id ?? id, body.errors ?? [])
}

/** The error of a request that had no answer. */
export function unanswered(cause: unknown): ApiError {
  const slow = cause instanceof DOMException && cause.name === 'TimeoutError'
  return new ApiError(0, slow ? 'slow' : 'unreachable', slow ? 'timeout' : 'unreachable')
}

/** Any failure as an error of the API. */
export const asApiError = (cause: unknown): ApiError => (cause instanceof ApiError ? cause : new ApiError(0, 'page', cause instanceof Error ? cause.message : String(cause)))
