import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { give, opened, pages, read, running, somebody, visitAs } from './guest'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('the member card', () => {
  test.each(looks)('somebody comes in silently, sees what they have and why, and goes, $name', async (look) => {
    const person = await somebody('林小满')
    const { page, look: see, close, member } = await visitAs(browser, person, '/', look)
    await page.getByTestId('balance').waitFor()
    expect(new URL(page.url()).pathname).toBe('/m/')
    await read(page)
    await see('card-empty')
    const id = await member()
    await give(id, 1_280)
    await give(id, -80)
    await page.reload()
    await page.getByTestId('entry').nth(1).waitFor()
    expect(await page.getByTestId('balance').innerText()).toBe('1,200')
    await see('card')
    await page.getByRole('link', { name: '全部' }).click()
    await page.getByTestId('lot').waitFor()
    await read(page)
    await see('points')
    await page.getByRole('button', { name: '返回' }).click()
    for (const place of ['invite', 'rewards', 'me']) {
      await page.locator(`[data-place="${place}"]`).click()
      await page.locator(`[data-place="${place}"][aria-current="page"]`).waitFor()
      await read(page)
      await see(place)
    }
    await page.getByTestId('sign-out').click()
    await page.locator('[data-gate="signed_out"]').waitFor()
    await see('signed-out')
    await page.getByTestId('sign-in').click()
    await page.getByRole('heading', { name: '我的' }).waitFor()
    await close()
  })

  test('nothing of a page is shown to whoever is not known, and the way back is the page that was asked for', async () => {
    const person = await somebody('周一鸣')
    const { page, close } = await visitAs(browser, person, '/points?from=chat', looks[0])
    await page.getByRole('heading', { name: '我的积分' }).waitFor()
    expect(page.url()).toBe(`${pages}/points?from=chat`)
    await close()
  })

  test('another person on the phone is somebody else', async () => {
    const [one, two] = [await somebody('沈秋月'), await somebody('许知远')]
    const { page, member, close } = await visitAs(browser, one, '/', looks[0])
    await page.getByTestId('balance').waitFor()
    const first = await member()
    await page.goto(opened(two))
    await page.getByTestId('balance').waitFor()
    expect(await member()).not.toBe(first)
    await close()
  })

  test.each(['refused', 'snapshot', 'failed'])('when WeChat says %s the page says what to do, and asks nothing again by itself', async (verdict) => {
    const { page, look: see, close } = await visit(browser, `${pages}/?wechat=${verdict}`, looks[0])
    await page.locator(`[data-gate="${verdict}"]`).waitFor()
    expect(page.url()).toBe(`${pages}/`)
    await see(`gate-${verdict}`)
    await close()
  })

  test('errors say what happened and what to quote, and reading again helps', async () => {
    const person = await somebody('林小满')
    const { page, look: see, close } = await visitAs(browser, person, '/', looks[0])
    await page.getByTestId('balance').waitFor()
    await page.route(/\/mini\/v1\/points$/, (route) => route.fulfill({ status: 503, headers: { 'x-request-id': 'req-7' }, json: { type: 'urn:huilian:error:unavailable', title: '服务暂时不可用', status: 503, code: 'unavailable', request_id: 'req-7' } }))
    await page.reload()
    await page.getByText('req-7').waitFor()
    await see('card-error')
    await page.unroute(/\/mini\/v1\/points$/)
    await page.getByRole('button', { name: '重试' }).click()
    await page.getByTestId('balance').waitFor()
    await page.context().setOffline(true)
    await page.getByText('没有网络').waitFor()
    await page.context().setOffline(false)
    await close()
  })

  test('English from end to end, an unknown address included', async () => {
    const person = await somebody('Ada')
    const { page, look: see, go, close } = await visitAs(browser, person, '/', { ...looks[0], name: 'phone-light-english' as never }, 'en')
    await page.getByText('points to spend').waitFor()
    await read(page)
    await see('card')
    await go('/nothing/here')
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    await see('not-found')
    await close()
  })

  test('what must load before the card shows is small', async () => {
    const html = await (await fetch(`${pages}/`)).text()
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map((match) => new URL(match[1]!, pages))
    expect(scripts.length).toBeGreaterThan(0)
    const sizes = await Promise.all(scripts.map(async (script) => gzipSync(Buffer.from(await (await fetch(script)).arrayBuffer())).length))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000)
  })
})
