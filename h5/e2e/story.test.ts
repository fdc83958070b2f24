import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Account, MenuButton, SandboxState } from '../src/phone/contract'
import { launch, looks, visit } from './browser'

const url = inject('url')
/** A text that the service answers, and the account to talk to (the first official account with a menu when not given). */
const keyword = process.env['PHONE_KEYWORD'] ?? '积分'
let browser: Browser
let account: Account

beforeAll(async () => {
  const state = (await (await fetch(`${url}sandbox/v1/state`)).json()) as SandboxState
  const chosen = state.accounts.find(({ key, kind, menu }) => (process.env['PHONE_ACCOUNT'] ? key === process.env['PHONE_ACCOUNT'] : kind === 'official' && menu))
  if (!chosen) throw new Error('the sandbox has no official account with a menu: publish one first')
  account = chosen
  browser = await launch()
})
afterAll(() => browser?.close())

/** The place of the first button that sends a CLICK. */
function clickButton(buttons: MenuButton[]): number[] {
  for (const [at, { type, sub_button = [] }] of buttons.entries()) {
    if (type === 'click') return [at]
    const inner = sub_button.findIndex((entry) => entry.type === 'click')
    if (inner >= 0) return [at, inner]
  }
  throw new Error('the menu has no click button')
}

describe.each(looks)('$name', (look) => {
  test('a new person follows, writes, taps the menu, and the inspector shows it all', async () => {
    const { page, narrow, look: see, close } = await visit(browser, url, look)
    const name = `访客 ${Date.now() % 100_000}`
    const replies = page.locator('[role="log"] [data-from="account"]')
    await page.getByText('不连接真实微信').filter({ visible: true }).first().waitFor()

    await page.getByTestId('switch-person').click()
    await page.getByRole('dialog').getByRole('textbox').fill(name)
    await see('people')
    await page.getByTestId('new-person').click()
    await page.getByTestId('switch-person').getByText(name).waitFor()
    await see('home')

    await page.locator(`[data-account="${account.key}"]`).click()
    await page.getByTestId('follow').waitFor()
    await see('profile')
    await page.getByTestId('follow').click()
    await replies.first().waitFor()
    await see('welcome')

    let before = await replies.count()
    await page.getByTestId('toggle').click()
    await page.getByTestId('text').fill(keyword)
    await page.keyboard.press('Enter')
    await page.locator('[role="log"] [data-from="person"]').getByText(keyword, { exact: true }).waitFor()
    await replies.nth(before).waitFor()
    await page.getByRole('button', { name: '更多' }).click()
    await see('reply')

    before = await replies.count()
    await page.getByTestId('toggle').click()
    const [head, entry] = clickButton(account.menu!.button)
    await page.locator(`[data-menu="${head}"]`).click()
    if (entry !== undefined) await page.locator(`[data-entry="${entry}"]`).click()
    await replies.nth(before).waitFor()
    await see('menu')

    if (narrow) await page.getByRole('button', { name: '检查器' }).click()
    const rows = page.locator(`[data-push]`).filter({ hasText: name })
    await rows.nth(2).waitFor()
    for (const outcome of await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-outcome')))) expect(['replied', 'acknowledged']).toContain(outcome)
    await rows.first().getByRole('button').first().click()
    await page.getByText('推送明文').waitFor()
    await page.getByText('第 1 次投递').waitFor()
    await see('push')
    await close()
  })

  test('the other screens', async () => {
    const { page, narrow, look: see, close } = await visit(browser, url, look)
    await page.getByRole('button', { name: '扫一扫' }).click()
    await page.getByRole('button', { name: '扫描' }).waitFor()
    await see('scan')
    await page.goto(`${url}#/page?url=https://elsewhere.example/`)
    await page.getByText('外部网页').waitFor()
    await see('page')
    if (narrow) await page.getByRole('button', { name: '检查器' }).click()
    for (const tab of ['接口', '故障', '账号', '支付', '时钟']) {
      // A sandbox without merchants has no such tab.
      if (tab === '支付' && !(await page.getByRole('tab', { name: tab }).count())) continue
      await page.getByRole('tab', { name: tab }).click()
      await see(tab)
    }
    await close()
  })
})

test('a fault is planned and removed', async () => {
  const { page, close } = await visit(browser, url, looks[2])
  await page.getByRole('tab', { name: '故障' }).click()
  await page.getByLabel('在哪里').selectOption('/cgi-bin/user/info')
  await page.getByRole('textbox', { name: '错误码' }).fill('45009')
  await page.getByTestId('add-fault').click()
  const planned = page.getByRole('listitem').filter({ hasText: '/cgi-bin/user/info' })
  await planned.getByText('45009').waitFor()
  await planned.getByRole('button', { name: '移除' }).click()
  await planned.waitFor({ state: 'detached' })
  await close()
})

test('English from end to end', async () => {
  const { page, look: see, close } = await visit(browser, url, { ...looks[0], name: 'phone-light-english' as never }, 'en')
  await page.getByText('not the real WeChat').filter({ visible: true }).first().waitFor()
  await see('home')
  await page.getByRole('button', { name: 'Inspector' }).click()
  await page.getByRole('tab', { name: 'Accounts' }).click()
  await see('accounts')
  await close()
})

// Only the mock has a chat with one message of every type from the start.
describe.skipIf(process.env['SANDBOX_URL'])('every kind of message', () => {
  test.each(looks)('$name', async (look) => {
    const { page, look: see, close } = await visit(browser, url, look)
    await page.locator('[data-account="tea"]').click()
    const log = page.getByRole('log')
    await log.getByText('欢迎来到拾光茶铺').waitFor()
    for (const [name, text] of [['top', '欢迎来到'], ['middle', '这次的服务'], ['lower', '茶山听雨'], ['end', '暂不支持']] as const) {
      await log.getByText(text).scrollIntoViewIfNeeded()
      await see(`messages-${name}`)
    }
    await page.getByTestId('window').getByRole('button').click()
    await log.getByRole('button', { name: '查看大图' }).click()
    await page.getByRole('dialog').waitFor()
    await see('picture')
    await close()
  })
})
