import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, play, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('channels', () => {
  test.each(looks)('a channel is made, its codes are shown and taken, and who came by it is counted, $name', async (look) => {
    const name = `静安店 ${Date.now() % 100_000}`
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/more/channels')
    await page.getByTestId('new').waitFor()
    await page.getByTestId('new').click()
    await page.getByRole('dialog').getByTestId('name').fill(name)
    await see('new-channel')
    await page.getByRole('dialog').getByTestId('make').click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.getByText('还没有带来人').waitFor()
    await see('channel')
    await page.getByTestId('qr').click()
    await page.getByTestId('qr-code').waitFor()
    const said = await page.locator('.url').innerText()
    await page.getByTestId('qr-code').scrollIntoViewIfNeeded()
    await see('qr')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('qr-download').click()])
    expect(file.suggestedFilename()).toBe(`${name}-brand.png`)
    expect(readFileSync(await file.path()).subarray(1, 4).toString()).toBe('PNG')
    await page.getByTestId('mini').click()
    await page.getByTestId('mini-code').waitFor()
    await page.getByTestId('mini-code').scrollIntoViewIfNeeded()
    await see('mini-code')

    // Somebody scans what was printed.
    const { id } = await play<{ id: string }>('people', { name: `路人${Date.now() % 10_000}` })
    await play(`people/${id}/scan`, { code: said })
    const channel = page.url().split('/').at(-1)
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
    await expect.poll(async () => (await call<{ total: { follows: number } }>('GET', `/channels/${channel}/counts?from=${today}&to=${today}`)).total.follows, { timeout: 15_000 }).toBe(1)
    await page.reload()
    await page.getByText('带来的关注最多').waitFor()
    await page.locator('figure canvas').waitFor()
    await page.getByText('查看数据').click()
    await page.getByRole('cell', { name: '今天' }).waitFor()
    await see('counts')
    await page.goto(`${consoleUrl}#/more/channels`)
    await page.locator('[data-channel]').filter({ hasText: name }).waitFor()
    await see('channels')
    await close()
  })
})
