import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Account, SandboxState } from '../src/phone/contract'
import { launch, looks, visit } from './browser'

const url = inject('url')
let browser: Browser
let mini: Account
let official: Account

beforeAll(async () => {
  const { accounts } = (await (await fetch(`${url}sandbox/v1/state`)).json()) as SandboxState
  const of = (wanted: Account['kind']) => accounts.find(({ kind }) => kind === wanted) ?? expect.unreachable(`no ${wanted}`)
  ;[mini, official] = [of('mini'), of('official')]
  browser = await launch()
})
afterAll(() => browser?.close())

describe.each(looks)('$name', (look) => {
  test('a person opens the mini program, logs in and gives a phone number', async () => {
    const { page, look: see, close } = await visit(browser, url, look)
    await page.goto(`${url}#/account/${mini.key}`)
    await page.getByTestId('open-mini').click()
    await page.getByText('还没有请求').waitFor()
    await see('mini')
    await page.getByTestId('mini-login').click()
    const steps = page.locator('li[data-status]')
    await steps.filter({ hasText: '/sessions' }).waitFor()
    expect(await steps.first().getByLabel('请求').textContent()).toContain('"code"')
    await page.getByTestId('mini-phone').click()
    await page.getByRole('dialog').getByLabel('其他号码').fill('13700001234')
    await see('mini-number')
    await page.getByTestId('allow-phone').click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await steps.nth(1).waitFor()
    expect(await steps.count()).toBe(2)
    await see('mini-answers')
    await close()
  })
})

test('a card that opens a page of the mini program leads to it', async () => {
  const { page, look: see, close } = await visit(browser, url, looks[0])
  await page.goto(`${url}#/page?appid=${mini.appid}&path=pages/coupon/index`)
  await page.getByText('pages/coupon/index').waitFor()
  await see('mini-page')
  await page.getByRole('button', { name: '打开小程序' }).press('Enter')
  await page.getByTestId('mini-login').waitFor()
  await close()
})

test('the mini program by keyboard alone, in English', async () => {
  const { page, look: see, close } = await visit(browser, url, { ...looks[0], name: 'phone-light-english' as never }, 'en')
  await page.goto(`${url}#/mini/${mini.key}`)
  await page.getByRole('button', { name: 'Log in' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('li[data-status]').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Give phone number' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  expect(await page.getByTestId('mini-phone').evaluate((element) => element === document.activeElement)).toBe(true)
  await see('mini')
  await close()
})

// The mock has no authorize page.
describe.skipIf(!process.env['SANDBOX_URL'])('a page that asks who it is', () => {
  const address = (scope: string) => {
    const back = encodeURIComponent(`${url}sandbox/v1/codes`)
    return `${url}connect/oauth2/authorize?appid=${official.appid}&redirect_uri=${back}&response_type=code&scope=${scope}&state=s7#wechat_redirect`
  }

  test.each([looks[0], looks[2], looks[3]])('opens in the phone, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, url, look)
    const me = await page.getByTestId('switch-person').innerText()
    await page.goto(`${url}#/scan`)
    await page.getByRole('textbox').first().fill(address('snsapi_userinfo'))
    await page.keyboard.press('Enter')
    const frame = page.frameLocator('[data-testid="page"]')
    await frame.getByRole('button', { name: '允许' }).waitFor()
    expect(me).toContain(await frame.locator('.who').innerText())
    await see('authorize')
    await frame.getByRole('button', { name: '允许' }).press('Enter')
    await expect.poll(() => page.frames().at(-1)?.url() ?? '').toMatch(/\/sandbox\/v1\/codes\?code=0\w{31}&state=s7$/)
    await close()
  })

  test.each([looks[0], looks[1]])('can be read and pressed by everybody, $name', async (look) => {
    const { hash, pathname, search } = new URL(address('snsapi_userinfo'))
    const { page, look: see, close } = await visit(browser, `${url}${pathname.slice(1)}${search}${hash}`, look)
    await page.getByText('这是谁的手机').waitFor()
    await see('whose-phone')
    await page.getByRole('link').first().press('Enter')
    await page.getByRole('button', { name: '允许' }).waitFor()
    await see('authorize-page')
    await page.getByRole('button', { name: '拒绝' }).press('Enter')
    await page.waitForURL(`${url}sandbox/v1/codes?state=s7`)
    await close()
  })

  test('is refused with the number of the fault when its domain is foreign', async () => {
    const { page, close } = await visit(browser, url, looks[0])
    await page.getByTestId('switch-person').waitFor()
    await page.goto(`${url}#/page?url=${encodeURIComponent(address('snsapi_base').replace('%2F%2F127.0.0.1', '%2F%2Felsewhere.example'))}`)
    await page.frameLocator('[data-testid="page"]').getByText('10003').waitFor()
    await close()
  })
})

// The mock has no service that gives keys.
test.skipIf(!process.env['SANDBOX_URL'])('a page is shared as a card, and a card that somebody else has sent is opened from a group', async () => {
  const { page, look: see, close } = await visit(browser, url, looks[0])
  await page.goto(`${url}#/mini/${mini.key}`)
  await page.getByTestId('mini-login').click()
  const steps = page.locator('li[data-status]')
  await steps.filter({ hasText: '/sessions' }).waitFor()
  await page.getByTestId('mini-share').click()
  await page.getByRole('dialog').getByLabel('页面路径').fill('pages/goods/tea')
  await see('mini-share')
  await page.getByTestId('share-page').click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await steps.filter({ hasText: 'PUT /api/mini/v1/share-links' }).waitFor()
  const read = async <T>(at: string) => (await (await fetch(`${url}sandbox/v1/${at}`)).json()) as T
  const { shares } = await read<{ shares: { person: string; path: string }[] }>('shares')
  const sent = shares[0] ?? expect.unreachable('no card')
  expect(sent.path).toMatch(/^\/pages\/goods\/tea\?share=[0-9a-z]{10}$/)
  // The same card as somebody else would have sent it.
  const { people } = await read<SandboxState>('state')
  const other = people.find(({ id }) => id !== sent.person) ?? expect.unreachable('nobody else')
  const body = JSON.stringify({ account: mini.key, path: sent.path, title: '春茶上市' })
  await fetch(`${url}sandbox/v1/people/${other.id}/share`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await page.getByTestId('mini-shares').click()
  await page.getByText('春茶上市').waitFor()
  await see('mini-shares')
  await page.getByRole('dialog').getByRole('button', { name: '从群打开' }).first().click()
  await page.getByText('场景值 1008').waitFor()
  await steps.filter({ hasText: '/share-visits' }).waitFor()
  await page.getByTestId('mini-stay').click()
  await steps.filter({ hasText: '/events' }).waitFor()
  await see('mini-opened')
  await close()
})
