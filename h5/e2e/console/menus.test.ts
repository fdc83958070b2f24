import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { consoleUrl, enter, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('menus', () => {
  test.each(looks)('the menu is compared with WeChat, tried, and shown as a phone draws it, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/more/menus')
    await page.locator('[data-state="same"]').waitFor()
    await page.getByRole('button', { name: '会员' }).first().click()
    await page.getByRole('button', { name: '会员中心' }).first().click()
    await page.getByText('/m/?account=brand').waitFor()
    await see('menu')
    await page.getByTestId('try').click()
    await page.getByRole('dialog').waitFor()
    await see('menu-try')
    await page.keyboard.press('Escape')

    // Somebody has changed it at WeChat; staff see what, and put it back with a second gesture.
    await page.route(/\/accounts\/brand\/menu$/, async (route) => {
      const answer = await (await route.fetch()).json() as object
      await route.fulfill({ json: { ...answer, state: 'differs', changes: [{ what: 'menu', lost: ['旧活动 (click OLD)'], gained: ['营业时间 (click HOURS)'] }, { what: 'template', title: '积分到期提醒' }] } })
    })
    await page.reload()
    await page.locator('[data-sign="-"]').getByText('旧活动').waitFor()
    await see('menu-differs')
    await page.unroute(/\/accounts\/brand\/menu$/)
    await page.getByRole('button', { name: '发布到微信' }).click()
    await page.getByRole('group').getByRole('button', { name: '发布到微信' }).click()
    await page.locator('[data-state="same"]').waitFor()

    await page.route(/\/accounts\/brand\/menu$/, async (route) => {
      const answer = await (await route.fetch()).json() as object
      await route.fulfill({ json: { ...answer, state: 'unreachable', present: null, changes: [], why: 'nothing was sent to WeChat: no connection' } })
    })
    await page.reload()
    await page.getByText('连不上微信').waitFor()
    await see('menu-unreachable')
    await page.unroute(/\/accounts\/brand\/menu$/)
    await page.getByRole('button', { name: '重试' }).click()
    await page.locator('[data-state="same"]').waitFor()
    await close()
  })
})
