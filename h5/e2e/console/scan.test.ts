import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit, type Look } from '../browser'
import { phoneOf, somebody, visitAs, type Somebody } from '../mine/guest'
import { call, consoleUrl, running, store } from './desk'
import { codeAt, step } from './totp'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())
let number = Date.now() % 1_000_000
const password = 'huilian-2026-a'

/** A colleague who has never signed in. */
async function colleague() {
  const login = `wang.${(number += 1)}`
  const { id } = await call<{ id: string }>('POST', '/staff', { login, name: '王芳', password, role: 'clerk', store: await store('staff') })
  return { id, login }
}

/** The sandbox's phone scans what stands on the screen, and opens the page of it. */
async function scans(person: Somebody, screen: Page, look: Look) {
  const picture = await screen.locator('[data-step] svg').screenshot()
  const phone = await phoneOf(browser, person, '/scan', look)
  await phone.page.getByTestId('scan-picture').setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: picture })
  return { ...phone, shown: phone.page.frameLocator('[data-testid="page"]') }
}

async function byPassword(page: Page, login: string) {
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码').fill(password)
  await page.getByTestId('sign-in').click()
  await page.getByText('需要我处理').waitFor()
}

describe.skipIf(!running)('signing in with WeChat', () => {
  test.each([looks[0], looks[3]])('a colleague links their WeChat, signs in by scanning, and headquarters unlink it, $name', async (look) => {
    const { id, login } = await colleague()
    const person = await somebody('王芳')
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await page.getByTestId('by-wechat').waitFor()
    await byPassword(page, login)
    await page.goto(`${consoleUrl}#/more/account`)
    await page.getByTestId('link-password').fill('wrong wrong wrong')
    await page.getByTestId('link').click()
    await page.getByRole('alert').getByText('当前密码不对').waitFor()
    await page.getByTestId('link-password').fill(password)
    await page.getByTestId('link').click()
    const shown = await page.getByTestId('scan-number').innerText()
    await page.getByTestId('scan-number').scrollIntoViewIfNeeded()
    await see('link')
    const phone = await scans(person, page, look)
    await phone.shown.getByText('王芳').waitFor()
    await page.locator('[data-step="scanned"]').waitFor()
    await phone.shown.getByTestId('scan-number').fill(shown === '10' ? '11' : '10')
    await phone.shown.getByTestId('agree').click()
    await phone.shown.getByRole('alert').getByText('数字不对').waitFor()
    await phone.look('wrong-number')
    await phone.shown.getByTestId('scan-number').fill(shown)
    await phone.shown.getByTestId('agree').click()
    await phone.shown.getByTestId('done').waitFor()
    await phone.look('linked')
    await phone.close()
    await page.getByTestId('unlink').waitFor()
    await see('linked')
    await page.goto(`${consoleUrl}#/more`)
    await page.getByTestId('sign-out').click()

    const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/admin/v1/scans'))
    await page.getByTestId('by-wechat').click()
    const { key, number: digits } = (await (await asked).json()) as { key: string; number: string }
    await page.getByTestId('scan-number').waitFor()
    await see('scan')
    const member = await visitAs(browser, person, `/staff/${key}?account=brand`, look)
    await member.page.getByText('王芳').waitFor()
    await page.locator('[data-step="scanned"]').waitFor()
    await member.look('asked')
    await member.page.getByTestId('scan-number').fill(digits)
    await member.page.getByTestId('agree').click()
    await member.page.getByTestId('done').waitFor()
    await member.close()
    // Back where they signed out.
    await page.getByTestId('sign-out').waitFor()

    await call('DELETE', `/staff/${id}/wechat`)
    await page.goto(`${consoleUrl}#/more/account`)
    await page.getByTestId('link-password').waitFor()
    await close()
  })

  test('a second factor is asked for, and headquarters see who has linked a WeChat', async () => {
    const { login } = await colleague()
    const person = await somebody('王芳')
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await byPassword(page, login)
    await page.goto(`${consoleUrl}#/more/account`)
    await page.getByTestId('begin').click()
    const secret = await page.getByTestId('secret').innerText()
    await page.getByTestId('code').fill(codeAt(secret, step() - 1))
    await page.getByTestId('confirm').click()
    await page.getByText('登录时需要身份验证器的动态码').waitFor()
    const agree = async (of: string) => {
      const asked = page.waitForResponse((answer) => answer.url().endsWith(of) && answer.request().method() === 'POST')
      await page.getByTestId(of === '/scans' ? 'by-wechat' : 'link').click()
      const { key, number: digits } = (await (await asked).json()) as { key: string; number: string }
      const member = await visitAs(browser, person, `/staff/${key}?account=brand`, looks[0])
      await member.page.getByTestId('scan-number').fill(digits)
      await member.page.getByTestId('agree').click()
      await member.page.getByTestId('done').waitFor()
      await member.close()
    }
    await page.getByTestId('link-password').fill(password)
    await agree('/me/wechat')
    await page.getByTestId('unlink').waitFor()
    const everybody = await call<{ login: string; wechat: boolean }[]>('GET', '/staff')
    expect(everybody.find((one) => one.login === login)?.wechat).toBe(true)
    await page.goto(`${consoleUrl}#/more`)
    await page.getByTestId('sign-out').click()
    await agree('/scans')
    await page.getByTestId('code').waitFor()
    await see('code-after-scan')
    await page.getByTestId('code').fill(codeAt(secret, step()))
    await page.getByTestId('sign-in').click()
    await page.getByTestId('sign-out').waitFor()
    await close()
  })

  test('a code that is over says so on both screens, and a WeChat that is linked to nobody is told what to do', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    const asked = page.waitForResponse((answer) => answer.url().endsWith('/api/admin/v1/scans'))
    await page.getByTestId('by-wechat').click()
    const { key } = (await (await asked).json()) as { key: string }
    const stranger = await visitAs(browser, await somebody('路人'), `/staff/${key}?account=brand`, looks[0])
    await stranger.page.getByTestId('nobody').waitFor()
    await stranger.look('nobody')
    await stranger.go(`/staff/${'x'.repeat(32)}?account=brand`)
    await stranger.page.getByTestId('over').waitFor()
    await stranger.look('over')
    await stranger.close()
    await page.route(/\/scans\/[^/]+$/, (route) => route.fulfill({ status: 404, json: { type: 'urn:huilian:error:not_found', title: '没有找到', status: 404, code: 'not_found', request_id: 'req-8' } }))
    await page.getByTestId('scan-again').waitFor()
    await see('scan-over')
    await page.unroute(/\/scans\/[^/]+$/)
    await page.getByTestId('scan-again').click()
    await page.getByTestId('scan-number').waitFor()
    await page.getByTestId('by-password').click()
    await page.getByTestId('login').waitFor()
    await close()
  })
})
