import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks } from '../browser'
import { read, running, somebody, visitAs } from './guest'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('privacy', () => {
  test.each(looks)('consents are given and withdrawn, a copy is fetched, and the wish to be forgotten is taken back, $name', async (look) => {
    const person = await somebody('林小满')
    const { page, look: see, close } = await visitAs(browser, person, '/me', look)
    await page.getByTestId('privacy').getByRole('link').click()
    const purpose = page.locator('[data-purpose="personalisation"]')
    await purpose.waitFor()
    await read(page)
    await see('privacy')
    const choice = purpose.getByRole('switch')
    for (const allowed of ['true', 'false']) {
      await choice.click()
      await expect.poll(() => purpose.getAttribute('data-allowed')).toBe(allowed)
    }
    await choice.focus()
    await page.keyboard.press('Space')
    await page.locator('[data-purpose="personalisation"][data-allowed="true"]').waitFor()
    await page.reload()
    await page.locator('[data-purpose="personalisation"][data-allowed="true"]').waitFor()

    await page.getByTestId('order-copy').click()
    const ready = page.getByTestId('fetch-copy')
    await ready.waitFor({ timeout: 40_000 })
    const [file] = await Promise.all([page.waitForEvent('download'), ready.click()])
    expect(Object.keys(JSON.parse(readFileSync(await file.path(), 'utf8')) as object).length).toBeGreaterThan(0)

    const wish = page.locator('[data-erasure]')
    await page.getByRole('button', { name: '申请注销' }).click()
    await see('erasure-question')
    await page.getByRole('group').getByRole('button', { name: '申请注销' }).click()
    await page.getByRole('button', { name: '确认注销' }).click()
    await page.getByRole('group').getByRole('button', { name: '确认注销' }).click()
    await expect.poll(() => wish.getAttribute('data-erasure')).toBe('confirmed')
    await page.getByText('在那之前可以撤回').scrollIntoViewIfNeeded()
    await see('erasure-due')
    await page.getByTestId('take-back').click()
    await expect.poll(() => wish.getAttribute('data-erasure')).toBe('none')
    await close()
  })

  test('a name is told only when somebody wants to tell it', async () => {
    const person = await somebody('周一鸣')
    const { page, close } = await visitAs(browser, person, '/me', looks[0])
    await page.getByTestId('introduce').click()
    await page.getByRole('button', { name: '允许' }).click()
    await page.getByText('周一鸣').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/m/me')
    await close()
  })
})
