import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { comes, follow, long, opened, pages, program, read, running, somebody, transfers, visitAs } from './guest'

const phone = inject('url')
const service = running ? new URL(pages).origin : ''
let browser: Browser
let inviting: string
const name = `红包邀请 ${Date.now() % 100_000}`
beforeAll(async () => {
  if (!running) return
  browser = await launch()
  inviting = await program(name, { inviter: await transfers(888) })
})
afterAll(() => browser?.close())

interface Code { ticket: string; scene: string }
const codes = async () => ((await (await fetch(`${phone}sandbox/v1/codes`)).json()) as { codes: Code[] }).codes

describe.skipIf(!running)('a whole campaign on the phone', () => {
  test.each([looks[0], looks[3]])('poster, scan, follow, register, reward, wallet, $name', async (look) => {
    const [me, friend] = [await somebody('林小满'), await somebody('周一鸣')]
    const { page, look: see, close } = await visit(browser, phone, look, 'zh', [service])
    const hold = async (person: { id: string }, at: string) => {
      await page.evaluate((id) => localStorage.setItem('person', id), person.id)
      await page.goto(`${phone}#${at}`)
      await page.reload()
    }
    const inside = page.frameLocator('[data-testid="page"]')

    // The poster.
    await hold(me, '/account/brand')
    await page.getByTestId('member-pages').click()
    await inside.getByTestId('balance').waitFor()
    await inside.locator('[data-place="invite"]').click()
    await inside.locator(`[data-program="${inviting}"] a`).click()
    const code = await inside.getByTestId('code').innerText()
    await inside.getByTestId('make-poster').click()
    await comes(inside, inside.getByTestId('poster'))
    await see('phone-poster')

    // A friend scans it, follows by that, and registers by opening the pages.
    const carried = (await codes()).find(({ scene }) => scene.endsWith(code)) ?? expect.unreachable('no code on the poster')
    await hold(friend, '/scan')
    await page.getByRole('textbox').first().fill(carried.ticket)
    await page.keyboard.press('Enter')
    await page.getByRole('log').waitFor()
    await hold(friend, '/account/brand')
    await page.getByTestId('member-pages').click()
    await inside.getByTestId('balance').waitFor()
    await see('phone-friend')

    // The reward: claimed, confirmed on WeChat's page, in the wallet.
    await hold(me, `/page?url=${encodeURIComponent(`${pages}/rewards`)}`)
    await expect.poll(async () => {
      await page.reload()
      return inside.locator('[data-grant]').first().getAttribute('data-grant', { timeout: 3_000 }).catch(() => null)
    }, { timeout: 40_000, interval: 1_000 }).toBe('claimable')
    await inside.locator('[data-grant] a').click()
    await inside.getByTestId('claim').waitFor()
    await see('phone-packet')
    await inside.getByTestId('claim').click()
    await inside.getByTestId('take').click({ timeout: 40_000 })
    await page.getByTestId('confirm-transfer').waitFor()
    await see('phone-transfer')
    await page.getByTestId('close-transfer').click()
    await inside.getByTestId('take').click()
    await page.getByTestId('confirm-transfer').click()
    await page.locator('[data-look="confirmed"]').waitFor()
    await page.getByTestId('leave-transfer').click()
    await inside.locator('[data-state="given"]').waitFor({ timeout: 40_000 })
    await see('phone-given')
    await page.goto(`${phone}#/wallet`)
    await expect.poll(() => page.getByTestId('balance').innerText()).toBe('¥8.88')
    await close()
  }, long)
})

describe.skipIf(!running)('rewards', () => {
  test.each(looks)('a red packet is claimed; beside WeChat the page says where to take it, $name', async (look) => {
    const [me, friend] = [await somebody('沈秋月'), await somebody('许知远')]
    const mine = await visitAs(browser, me, `/invite/${inviting}`, look)
    const code = await mine.page.getByTestId('code').innerText()
    const theirs = await visit(browser, opened(friend, `/i/${code}`), look, 'zh', [service, new URL(phone).origin])
    await theirs.page.getByTestId('told').waitFor()
    await theirs.close()
    await follow(friend)
    const { page, look: see } = mine
    await mine.go('/')
    await expect.poll(async () => {
      await page.reload()
      return page.getByTestId('waiting').waitFor({ timeout: 5_000 }).then(() => 1, () => 0)
    }, { timeout: 40_000, interval: 1_000 }).toBe(1)
    await read(page)
    await see('card-waiting')
    await page.getByTestId('waiting').getByRole('link').click()
    await page.getByTestId('claim').waitFor()
    await see('packet')
    await page.getByTestId('claim').click()
    await page.getByTestId('take').click({ timeout: 40_000 })
    await page.getByText('请在微信里打开本页').waitFor()
    await see('packet-take')
    await mine.go('/rewards')
    await page.locator('[data-grant="paying"]').waitFor()
    await see('rewards')
    await mine.close()
  })
})
