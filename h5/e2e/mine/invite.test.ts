import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { comes, follow, long, pages, points, program, read, running, somebody, visitAs } from './guest'

let browser: Browser
let inviting: string
const name = `老友记 ${Date.now() % 100_000}`
beforeAll(async () => {
  if (!running) return
  browser = await launch()
  inviting = await program(name, { inviter: await points(50), invitee: await points(20), ladder: [{ count: 1, campaign: await points(10) }, { count: 3, campaign: await points(100) }] })
})
afterAll(() => browser?.close())

describe.skipIf(!running)('inviting', () => {
  test.each(looks)('a member invites by poster, link and code, and sees how far each friend is, $name', async (look) => {
    const [me, friend] = [await somebody('林小满'), await somebody('周一鸣')]
    const { page, look: see, close } = await visitAs(browser, me, '/invite', look)
    await page.locator(`[data-program="${inviting}"]`).waitFor()
    await read(page)
    await see('programs')
    await page.locator(`[data-program="${inviting}"] a`).click()
    const link = await page.getByTestId('link').innerText()
    expect(link).toMatch(new RegExp(`/m/i/[0-9a-z]{10}$`))
    await read(page)
    await see('program-empty')
    await page.getByTestId('make-poster').click()
    const poster = page.getByTestId('poster')
    await comes(page, poster)
    expect(await poster.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300)
    await poster.scrollIntoViewIfNeeded()
    await see('poster')

    // The friend opens the link, and follows.
    const theirs = await visitAs(browser, friend, new URL(link).pathname.slice(2), look)
    await theirs.page.getByTestId('told').waitFor()
    await theirs.look('landing')
    await theirs.page.getByTestId('to-card').click()
    await theirs.page.getByTestId('balance').waitFor()
    await theirs.close()
    await follow(friend)

    await expect.poll(async () => {
      await page.reload()
      await read(page)
      return page.locator('[data-invitation]').first().getAttribute('data-invitation', { timeout: 3_000 }).catch(() => null)
    }, { timeout: 40_000, interval: 1_000 }).toBe('rewarded')
    expect(await page.getByTestId('matured').innerText()).toBe('1')
    await page.locator('[data-rung="given"]').waitFor()
    await page.getByText('再邀请 2 人').waitFor()
    await see('program')
    await page.getByRole('heading', { name: '排行榜' }).scrollIntoViewIfNeeded()
    await page.getByRole('radio', { name: '累计' }).check()
    await read(page)
    await page.getByText('我：第').waitFor()
    await see('board')
    await close()
  }, long)

  test('a code that a friend told is typed; nobody invites themselves', async () => {
    const [me, friend] = [await somebody('林小满'), await somebody('沈秋月')]
    const mine = await visitAs(browser, me, `/invite/${inviting}`, looks[0])
    const code = await mine.page.getByTestId('code').innerText()
    await mine.go('/invite')
    await mine.page.getByTestId('typed').fill(code)
    await mine.page.getByRole('button', { name: '提交' }).click()
    await mine.page.getByText('不能邀请自己').waitFor()
    await mine.look('typed-own')
    await mine.close()
    const theirs = await visitAs(browser, friend, '/invite', looks[0])
    await theirs.page.getByTestId('typed').fill(code)
    await theirs.page.getByRole('button', { name: '提交' }).click()
    await theirs.page.getByText('已记下好友的邀请').waitFor()
    await theirs.close()
  })

  test.each([looks[0], looks[3]])('an invitation that is none says so, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, `${pages}/i/0000000000`, look)
    await page.getByRole('alert').getByRole('button', { name: '重试' }).waitFor()
    await see('landing-unknown')
    await close()
  })

  test('a poster that cannot be made says why', async () => {
    const me = await somebody('林小满')
    const { page, look: see, close } = await visitAs(browser, me, `/invite/${inviting}`, looks[0])
    await page.route(/\/poster/, (route) => route.fulfill({ status: 503, json: { type: 'urn:huilian:error:unavailable', title: '服务暂时不可用', status: 503, code: 'unavailable', request_id: 'req-9' } }))
    await page.getByTestId('make-poster').click()
    await page.getByText('req-9').waitFor()
    await see('poster-error')
    await close()
  })
})
