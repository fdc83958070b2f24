import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, follower, running } from './desk'

let browser: Browser
/** A picture of 2 × 2 pixels. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGO4McEBiBggFAAwzgahXSkVrQAAAABJRU5ErkJggg==', 'base64')
beforeAll(async () => {
  if (!running) return
  browser = await launch()
  await call('POST', '/canned-replies', { title: '到店自提', text: '还有的，今天可以到店自提。' })
})
afterAll(() => browser?.close())

describe.skipIf(!running)('chats', () => {
  test.each(looks)('somebody writes, a clerk answers, $name', async (look) => {
    const words = `请问礼盒还有吗 ${Date.now()}`
    const person = await follower(words)
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/chats')
    const row = page.locator('[data-thread]').filter({ hasText: words })
    await row.waitFor()
    await row.getByText('等了').waitFor()
    await see('inbox')
    await row.click()
    const log = page.getByRole('log')
    await log.getByText(words).waitFor()
    await page.getByTestId('window').getByText('还可以发').waitFor()
    await page.getByTestId('hand-over').click()
    await page.getByRole('button', { name: '交给机器人' }).waitFor()

    await page.getByTestId('canned').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByTestId('canned-search').fill('自提')
    await see('canned')
    await dialog.getByTestId('put').first().click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByTestId('text').fill('')
    // The same by a slash.
    await page.getByTestId('text').fill('/自提')
    await page.getByTestId('slash').getByRole('option').first().waitFor()
    await see('slash')
    await page.getByTestId('text').press('Enter')
    expect(await page.getByTestId('text').inputValue()).toBe('还有的，今天可以到店自提。')
    await page.getByTestId('send').click()
    await log.locator('[data-author="staff"]').getByText('今天可以到店自提').waitFor()
    await see('answered')
    await page.getByTestId('picture').setInputFiles({ name: 'shelf.png', mimeType: 'image/png', buffer: picture })
    await log.locator('[data-author="staff"] img').waitFor({ timeout: 20_000 })
    await see('picture')

    // What they write meanwhile comes by itself.
    const more = `好的谢谢 ${Date.now()}`
    await person.say(more)
    await log.getByText(more).waitFor({ timeout: 15_000 })

    // Whoever follows is a member: the thread names them, and what is known of them stands beside it.
    const { items } = await call<{ items: { preview: string; member?: string }[] }>('GET', '/conversations')
    const member = items.find(({ preview }) => preview === more)?.member
    const name = `小宁${Date.now() % 10_000}`
    await call('PATCH', `/members/${member}`, { nickname: name })
    await page.reload()
    await page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 15_000 })
    if (look.width < 1180) await page.getByTestId('facts').click()
    const beside = look.width >= 1180 ? page.getByRole('complementary', { name: '会员资料' }) : page.getByRole('dialog')
    await beside.getByRole('link', { name }).waitFor()
    expect(await beside.getByRole('link').first().getAttribute('href')).toBe(`#/members/${member}`)
    await see('facts')
    if (look.width < 1180) await page.keyboard.press('Escape')
    await page.goto(`${consoleUrl}#/chats`)
    await page.locator('[data-thread]').filter({ hasText: name }).waitFor({ timeout: 15_000 })
    await see('named')
    await close()
  })

  test('what is said without network waits, and is said once when it is back', async () => {
    const words = `你好 ${Date.now()}`
    await follower(words)
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await enter(page, '/chats')
    await page.locator('[data-thread]').filter({ hasText: words }).click()
    const log = page.getByRole('log')
    await log.getByText(words).waitFor()
    await page.getByTestId('text').fill('半句草稿')
    await page.reload()
    await log.getByText(words).waitFor()
    expect(await page.getByTestId('text').inputValue()).toBe('半句草稿')
    await page.context().setOffline(true)
    await page.getByTestId('text').fill('没有网的时候说的话')
    await page.getByTestId('send').click()
    await page.getByTestId('unsent').getByText('没有发出').waitFor()
    await see('unsent')
    await page.context().setOffline(false)
    const said = log.locator('[data-author="staff"]').getByText('没有网的时候说的话')
    await said.waitFor({ timeout: 15_000 })
    await page.getByTestId('unsent').waitFor({ state: 'detached' })
    expect(await said.count()).toBe(1)
    await close()
  })
})
