import createClient from 'openapi-fetch'
import { told } from '../clock'
import { session, signedOut } from '../session'
import { problemOf, unanswered } from './problem'
import type { paths } from './schema'
import { createTransport } from './transport'

type AdminPaths = { [Path in keyof paths as Path extends `/api/admin/v1${infer Rest}` ? Rest : never]: paths[Path] }

const transport = createTransport({ token: () => session.token, language: () => document.documentElement.lang.slice(0, 2), refused: () => signedOut(true), told })

/** The admin API by method and path, checked against its description. */
export const api = createClient<AdminPaths>({ baseUrl: '/api/admin/v1', fetch: transport })

/** What a call answers; an error of the API when it fails. */
export async function ask<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw unanswered(cause)
  })
  if (response.ok) return data as T
  throw problemOf(response, error)
}
