import { answered, keyOf } from './keys'

/** Stands where a call has to name its idempotency key; the transport puts the key of the intention there. */
export const once = { 'Idempotency-Key': 'by-intent' } as const

const patience = 20_000
const upload = 120_000

/** Where the transport gets and puts what is not its own. */
export interface Surroundings {
  token: () => string | null
  language: () => string
  /** The session was refused. */
  refused: () => void
  /** The server's time, from each answer. */
  told: (server: Date) => void
}

/**
 * `fetch` with what every call needs: who calls, in which language, not for ever, and a key for what must not happen twice.
 * A key is kept until an answer settles the matter; without one, or with an error of the server, sending again uses it again.
 */
export function createTransport(around: Surroundings, send: typeof fetch = (...all) => fetch(...all)) {
  return async (request: Request): Promise<Response> => {
    const token = around.token()
    if (token) request.headers.set('authorization', `Bearer ${token}`)
    request.headers.set('accept-language', around.language() === 'en' ? 'en' : 'zh-CN')
    const intent = request.headers.get('idempotency-key') === once['Idempotency-Key'] ? `${request.method} ${request.url} ${await request.clone().text()}` : null
    if (intent) request.headers.set('idempotency-key', await keyOf(intent))
    const form = request.headers.get('content-type')?.startsWith('multipart/')
    const answer = await send(new Request(request, { signal: AbortSignal.timeout(form ? upload : patience) }))
    if (intent && answer.status < 500 && answer.status !== 429) await answered(intent)
    const date = answer.headers.get('date')
    if (date) around.told(new Date(date))
    // A refused sign-in is an answer to its form; anything else says that the session is over.
    if (answer.status === 401 && token) around.refused()
    return answer
  }
}
