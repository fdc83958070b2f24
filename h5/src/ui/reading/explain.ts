import { ApiError } from '../api/problem'

/** What to tell staff about a failure: a sentence, what is particular about it, each field, and what to quote. */
export interface Explained { title: string; detail: string; fields: { field: string; message: string }[]; code: string }

const known = ['unreachable', 'slow', 'page', 'http']

/** The server's own words in the reader's language; ours when the server said nothing. */
export function explain(error: ApiError, t: (key: string) => string): Explained {
  const own = known.includes(error.code)
  return {
    title: own ? t(`shared.error.${error.code}`) : error.message,
    detail: own ? t(`shared.error.${error.code}_hint`) : (error.detail ?? ''),
    fields: error.fields,
    code: [error.status || null, own ? null : error.code, error.requestId].filter(Boolean).join(' · '),
  }
}
