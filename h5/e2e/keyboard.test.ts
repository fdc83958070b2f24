import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launch, looks, visit } from './browser'

const url = inject('url')
let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

test('a sheet keeps the focus, Esc closes it, and the focus returns', async () => {
  const { page, close } = await visit(browser, url, looks[2])
  const opener = page.getByTestId('switch-person')
  await opener.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const inside = () => page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)
  for (let step = 0; step < 8; step += 1) {
    expect(await inside()).toBe(true)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true)
  await close()
})

test('inspector tabs move with the arrows and are one stop', async () => {
  const { page, close } = await visit(browser, url, looks[2])
  await page.getByRole('tab', { name: '推送' }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await page.getByRole('tab', { name: '接口' }).getAttribute('aria-selected')).toBe('true')
  await page.keyboard.press('End')
  expect(await page.getByRole('tab', { name: '时钟' }).getAttribute('aria-selected')).toBe('true')
  expect(await page.locator('[role="tab"][tabindex="0"]').count()).toBe(1)
  await close()
})

test('without network the page says so, keeps what it shows, and comes back', async () => {
  const { page, close } = await visit(browser, url, looks[2])
  const list = page.locator('[data-account]')
  await list.first().waitFor()
  const before = await list.count()
  await page.context().setOffline(true)
  await page.getByText('本机没有网络').waitFor()
  expect(await list.count()).toBe(before)
  await page.context().setOffline(false)
  await page.getByText('本机没有网络').waitFor({ state: 'detached' })
  await page.getByText('实时').waitFor()
  await close()
})
