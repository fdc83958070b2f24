import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { consoleUrl, enter, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('the frame of the console', () => {
  test.each(looks)('staff sign in, go through the five places, and out, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await page.getByTestId('sign-in').waitFor()
    await see('sign-in')
    await page.getByLabel('登录名').fill('demo')
    await page.getByLabel('密码').fill('huilian-2026')
    await page.getByTestId('sign-in').click()
    await page.getByText('需要我处理').waitFor()
    await page.locator('[data-figure="members"]').waitFor()
    await see('today')
    for (const place of ['chats', 'members', 'campaigns', 'more']) {
      await page.locator(`[data-entry="${place}"]`).click()
      await page.locator(`[data-entry="${place}"][aria-current="page"]`).waitFor()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      await see(place)
    }
    await page.getByTestId('sign-out').click()
    await page.getByTestId('sign-in').waitFor()
    await close()
  })

  test('a wrong password is told with what to quote, and the name stays', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await page.getByLabel('登录名').fill(`nobody-${Date.now()}`)
    await page.getByLabel('密码').fill('wrong wrong wrong')
    await page.getByTestId('sign-in').click()
    await page.getByRole('alert').getByText('401').waitFor()
    await see('sign-in-refused')
    expect(await page.getByLabel('登录名').inputValue()).toMatch(/^nobody-/)
    await close()
  })

  test('a session that the server ends leads to signing in, and back to the same page', async () => {
    const { page, close } = await visit(browser, consoleUrl, looks[0])
    await enter(page, '/members')
    await page.getByTestId('search').waitFor()
    await page.evaluate(() => localStorage.setItem('session', localStorage.getItem('session')!.replace(/"token":"[^"]+"/, '"token":"gone"')))
    await page.reload()
    await page.getByText('登录已失效').waitFor()
    await page.getByLabel('登录名').fill('demo')
    await page.getByLabel('密码').fill('huilian-2026')
    await page.getByTestId('sign-in').click()
    await page.getByTestId('search').waitFor()
    await close()
  })

  test('without network the page says so and keeps what it shows', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await enter(page, '/')
    await page.getByText('需要我处理').waitFor()
    await page.context().setOffline(true)
    await page.getByText('没有网络').waitFor()
    await page.getByText('需要我处理').waitFor()
    await see('offline')
    await page.context().setOffline(false)
    await page.getByText('没有网络').waitFor({ state: 'detached' })
    await close()
  })

  test('English from end to end, an unknown address included', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, { ...looks[0], name: 'phone-light-english' as never }, 'en')
    await enter(page, '/')
    await page.getByText('What needs me').waitFor()
    await page.locator('[data-figure="members"]').waitFor()
    await see('today')
    for (const [path, title] of Object.entries({ 'more/staff': 'Colleagues', 'more/account': 'My account', 'more/record': 'Record', 'more/channels': 'Channels and codes', 'shares/new': 'New share campaign' })) {
      await page.goto(`${consoleUrl}#/${path}`)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      await see(path.replace('/', '-'))
    }
    await page.goto(`${consoleUrl}#/nothing/here`)
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    await close()
  })

  test('what must load before the first page shows is small, and holds no chart', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const scripts = new Set<string>()
    page.on('response', (answer) => {
      if (new URL(answer.url()).pathname.endsWith('.js')) scripts.add(answer.url())
    })
    await page.goto(consoleUrl)
    await enter(page, '/')
    await page.getByText('需要我处理').waitFor()
    await page.locator('[data-figure]').first().waitFor()
    const sizes = await Promise.all([...scripts].map(async (script) => gzipSync(Buffer.from(await (await fetch(script)).arrayBuffer())).length))
    expect(scripts.size).toBeGreaterThan(0)
    expect([...scripts].filter((name) => /drawing|echarts/.test(name))).toEqual([])
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000)
    await context.close()
  })
})
