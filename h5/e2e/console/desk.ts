import type { Page } from 'playwright-core'
import type { paths } from '../../src/ui/api/schema'

const service = process.env['HUILIAN_URL'] ?? ''
const sandbox = process.env['SANDBOX_URL'] ?? ''

/** Stories of the console need a running service: `tests/servers/demo npm --prefix h5 run e2e`. */
export const running = Boolean(service && sandbox)
/** Where the console is: the service's own, unless CONSOLE_URL names another build of it. */
export const consoleUrl = process.env['CONSOLE_URL'] ?? `${service}/console/`

interface Session { token: string; expires_at: string; staff: { id: string; name: string; login: string; role: string } }
let session: Session | null = null

/** Signs somebody in; throws what the service answers when it refuses. */
export async function signIn(login: string, password: string): Promise<Session> {
  const answer = await fetch(`${service}/api/admin/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Session
}

/** Signs the demonstration's administrator in, once: attempts are counted. */
export async function signedIn(): Promise<Session> {
  session ??= await signIn('demo', 'huilian-2026')
  return session
}

/** A call of the admin API beside the page. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { token } = await signedIn()
  const form = body instanceof FormData
  const answer = await fetch(`${service}/api/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID(), ...(body !== undefined && !form && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text ? JSON.parse(text) : null) as T
}

/** Lets the page begin as somebody who has signed in. */
export async function enter(page: Page, path: string): Promise<void> {
  const { token, expires_at: expires, staff: person } = await signedIn()
  await page.evaluate(([place, value]) => localStorage.setItem(place!, value!), ['session', JSON.stringify({ token, expires, person })])
  await page.evaluate(([place, value]) => localStorage.setItem(place!, value!), ['last-staff', person.id])
  await page.goto(`${consoleUrl}#${path}`)
  await page.reload()
}

/** Has the sandbox do something. */
export async function play<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${sandbox}/sandbox/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Somebody with a phone: follows the sample brand's official account, and writes to it. */
export async function follower(words: string): Promise<{ id: string; say: (text: string) => Promise<unknown> }> {
  const { id } = await play<{ id: string }>('people', { name: `顾客${Date.now() % 10_000}` })
  await play(`people/${id}/follow`, { account: 'brand' })
  const say = (text: string) => play(`people/${id}/send`, { account: 'brand', type: 'text', text })
  await say(words)
  return { id, say }
}

let opened = 0
/** A store of its own, or the one of this code. */
export async function store(code = `e2e-${Date.now().toString(36)}-${(opened += 1)}`, name = `门店 ${code}`): Promise<string> {
  const known = await call<{ id: string; code: string }[]>('GET', '/stores')
  return known.find((one) => one.code === code)?.id ?? (await call<{ id: string }>('POST', '/stores', { code, name })).id
}

/** A mainland number that nobody has. */
export const number = (): string => `13${String(Date.now()).slice(-6)}${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}`

type Import = paths['/api/admin/v1/imports/{id}']['get']['responses']['200']['content']['application/json']

/** Brings members from a file, to the end. */
export async function members(people: { name: string; phone?: string; card?: string; birthday?: string }[]): Promise<Import> {
  const rows = people.map(({ name, phone = '', card = '', birthday = '' }) => [name, phone, card, birthday].join(','))
  const form = new FormData()
  form.append('file', new Blob([['姓名,手机号,会员卡号,生日', ...rows].join('\n')], { type: 'text/csv' }), `members-${Date.now()}.csv`)
  form.append('origin', 'pos')
  const at = async (id: string, state: string) => {
    for (;;) {
      const now = await call<Import>('GET', `/imports/${id}`)
      if (now.state === state) return now
      if (now.state === 'failed') throw new Error(now.error ?? 'the import failed')
      await new Promise((done) => setTimeout(done, 200))
    }
  }
  const { id } = await call<Import>('POST', '/imports', form)
  const read = await at(id, 'ready')
  await call('PUT', `/imports/${id}/mapping`, { columns: read.columns.map(({ guess }) => guess) })
  await call('POST', `/imports/${id}/start`)
  return at(id, 'done')
}

/** The member with a phone. */
export async function byPhone(phone: string): Promise<string> {
  const { items } = await call<{ items: { id: string }[] }>('POST', '/members/look-up', { phone })
  return items[0]!.id
}
