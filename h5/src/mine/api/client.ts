import createClient from 'openapi-fetch'
import type { paths } from '@ui/api/schema'
import { createTransport } from '@ui/api/transport'
import { told } from '@ui/reading/clock'

export { ask } from '@ui/api/ask'

type Under<Base extends string> = { [Path in keyof paths as Path extends `${Base}${infer Rest}` ? Rest : never]: paths[Path] }

// Who calls stands in a cookie that scripts cannot read; the browser says that the page is the service's own.
const transport = createTransport({ token: () => null, language: () => document.documentElement.lang.slice(0, 2), refused: () => {}, told })
const strict = { credentials: 'same-origin', mode: 'same-origin' } as const

/** What is done when the server knows who calls, and when it does not. */
export const doorman = { known: () => {}, refused: (): Promise<unknown> => Promise.resolve() }

/** Where nobody is known the page is left for signing in: the call is not answered, so that no error flashes up meanwhile. */
async function known(request: Request): Promise<Response> {
  const answer = await transport(request)
  if (answer.ok) doorman.known()
  if (answer.status !== 401) return answer
  await doorman.refused()
  return new Promise(() => {})
}

/** What is one's own. */
export const own = createClient<Under<'/api/mini/v1'>>({ baseUrl: '/api/mini/v1', fetch: known, ...strict })
/** What anybody may know. */
export const open = createClient<Under<'/api/h5/v1'>>({ baseUrl: '/api/h5/v1', fetch: transport, ...strict })
