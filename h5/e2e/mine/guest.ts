import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { visit, type Look } from '../browser'
import { call } from '../console/desk'

const service = process.env['HUILIAN_URL'] ?? ''
const sandbox = process.env['SANDBOX_URL'] ?? ''

/** Stories of the member pages need a running service: `tests/servers/demo npm --prefix h5 run e2e`. */
export const running = Boolean(service && sandbox)
export const pages = `${service}/m`

export async function play<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${sandbox}/sandbox/v1/${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

export interface Somebody { id: string; name: string }
/** Somebody with a phone, whom the service has never met. */
export const somebody = (name: string) => play<Somebody>('POST', 'people', { name })
/** They follow the sample brand's official account, by a code that they scan where one is given. */
export const follow = ({ id }: Somebody, code?: string) => (code ? play('POST', `people/${id}/scan`, { code }) : play('POST', `people/${id}/follow`, { account: 'brand' }))
/** Where their phone opens a member page. */
export const opened = ({ id }: Somebody, path = '/') => `${sandbox}/sandbox/v1/people/${id}/open?url=${encodeURIComponent(pages + path)}`

/** A visit of somebody to a member page, in one look: the way leads to WeChat and back. */
export async function visitAs(browser: Browser, person: Somebody, path: string, look: Look, language: 'zh' | 'en' = 'zh') {
  const visiting = await visit(browser, opened(person, path), look, language, [service, sandbox])
  const go = (to: string) => visiting.page.goto(pages + to)
  /** Which member they are. */
  const member = () => visiting.page.evaluate(async () => ((await (await fetch('/api/mini/v1/sessions/current')).json()) as { member: string }).member)
  return { ...visiting, go, member }
}

/** The sandbox's phone in somebody's hand, at a view; it shows pages of the service in a frame. */
export async function phoneOf(browser: Browser, person: Somebody, view: string, look: Look) {
  const visiting = await visit(browser, sandbox, look, 'zh', [service])
  await visiting.page.evaluate((id) => localStorage.setItem('person', id), person.id)
  await visiting.page.goto(`${sandbox}/#${view}`)
  await visiting.page.reload()
  return visiting
}

/** Waits until nothing is a skeleton any more. */
export const read = (page: Page) => page.waitForFunction(() => document.querySelectorAll('.skeleton').length === 0)

/** How long a story with a poster may take, in milliseconds. */
export const long = 240_000

/** Waits for a picture that takes long to draw on a busy machine: the page says so and is asked again. */
export async function comes(within: Page | FrameLocator, picture: Locator): Promise<void> {
  await expect.poll(async () => {
    const again = within.getByRole('button', { name: '重试' })
    if (await again.isVisible()) await again.click()
    return picture.isVisible()
  }, { timeout: 120_000, interval: 500 }).toBe(true)
}

const day = (away: number) => new Date(Date.now() + away * 86_400_000).toISOString()

/** A campaign that runs. */
export async function campaign(terms: object): Promise<string> {
  const { id } = await call<{ id: string }>('POST', '/campaigns', { name: '老友有礼', budget: 100_000, starts_at: day(-1), ends_at: day(20), guard: { failures_percent: 100, one_person_percent: 100 }, ...terms })
  await call('POST', `/campaigns/${id}/approve`, { version: 1, reason: '演示' })
  const { version } = await call<{ version: number }>('GET', `/campaigns/${id}`)
  await call('POST', `/campaigns/${id}/run`, { version, reason: '演示' })
  return id
}

export const points = (amount: number) => campaign({ gives: { kind: 'points' }, amount: { kind: 'fixed', amount } })
const reports = [{ info_type: '活动名称', info_content: '老友有礼' }, { info_type: '奖励说明', info_content: '邀请好友奖励' }]
/** Money that people claim and confirm. */
export const transfers = (fen: number) => campaign({ gives: { kind: 'transfer', merchant: 'main', account: 'brand', scene: '1000', remark: '邀请好友奖励', reports }, amount: { kind: 'fixed', amount: fen }, claim: { hours: 48 } })

/** A program of invitations that runs: who follows counts at once. */
export async function program(name: string, rewards: object, carriers: object = { official: 'brand' }): Promise<string> {
  const rules = { attribution: 'first', window_days: 7, qualification: { follow: 'brand' }, mature_days: 0, rewards, carriers }
  const { id } = await call<{ id: string }>('POST', '/referral-programs', { name, starts_at: day(-1), ends_at: day(20), rules })
  await call('POST', `/referral-programs/${id}/run`, { version: 1, reason: '演示' })
  return id
}

/** Gives points to a member. */
export const give = (member: string, amount: number) => call('POST', `/members/${member}/points/corrections`, { points: amount, reason: '为演示而给' })
