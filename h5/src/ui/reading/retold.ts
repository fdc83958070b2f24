import { ApiError, asApiError } from '../api/problem'

/** Throws a failure anew: in words of ours when it is about this field alone, else as it came. */
export function retold(field: string, title: string): (cause: unknown) => never {
  return (cause) => {
    const error = asApiError(cause)
    const known = error.fields.length === 1 && error.fields[0]?.field === field
    throw known ? new ApiError(error.status, error.code, title, null, error.requestId) : error
  }
}
