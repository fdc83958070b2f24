import createClient from 'openapi-fetch'
import { told } from '@ui/reading/clock'
import type { paths } from '@ui/api/schema'
import { createTransport } from '@ui/api/transport'
import { session, signedOut } from '../session'

export { ask } from '@ui/api/ask'

type AdminPaths = { [Path in keyof paths as Path extends `/api/admin/v1${infer Rest}` ? Rest : never]: paths[Path] }

const transport = createTransport({ token: () => session.token, language: () => document.documentElement.lang.slice(0, 2), refused: () => signedOut(true), told })

/** The admin API by method and path, checked against its description. */
export const api = createClient<AdminPaths>({ baseUrl: '/api/admin/v1', fetch: transport })
