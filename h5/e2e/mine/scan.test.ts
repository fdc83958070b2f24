import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks } from '../browser'
import { call } from '../console/desk'
import { follow, long, phoneOf, play, points, program, running, somebody, visitAs, type Somebody } from './guest'

const sandbox = process.env['SANDBOX_URL'] ?? ''
let browser: Browser
let inviting: string
beforeAll(async () => {
  if (!running) return
  browser = await launch()
  inviting = await program(`海报 ${Date.now() % 100_000}`, { inviter: await points(50) }, { official: 'brand', mini: { account: 'shop', page: 'pages/index/index' } })
})
afterAll(() => browser?.close())

/** What a member's page is given of their invitation: a picture as bytes. */
async function picture(of: Somebody, what: string): Promise<Buffer> {
  const { page, close } = await visitAs(browser, of, '/', looks[0])
  await page.getByTestId('balance').waitFor()
  const bytes = await page.evaluate(async (path) => Array.from(new Uint8Array(await (await fetch(path)).arrayBuffer())), `/api/mini/v1/referral-programs/${inviting}/${what}`)
  await close()
  return Buffer.from(bytes)
}
const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })

describe.skipIf(!running)('scanning', () => {
  test.each([looks[0], looks[3]])('a poster in the chat leads whoever scans it to the account, $name', async (look) => {
    const [me, friend] = [await somebody('林小满'), await somebody('周一鸣')]
    await follow(me)
    await play('POST', `people/${me.id}/send`, { account: 'brand', type: 'text', text: '海报' })
    const mine = await phoneOf(browser, me, '/chat/brand', look)
    const poster = mine.page.locator('[role="log"] .image button').first()
    await poster.waitFor({ timeout: 120_000 })
    await poster.click()
    await mine.page.getByTestId('scan-image').waitFor()
    await mine.look('poster')
    const source = await mine.page.locator('img.large').getAttribute('src')
    const bytes = Buffer.from(await (await fetch(new URL(source ?? '', sandbox))).arrayBuffer())
    // One's own poster can be scanned, too: it leads back into the chat.
    await mine.page.getByTestId('scan-image').click()
    await mine.page.getByTestId('scan-image').waitFor({ state: 'detached' })
    await mine.close()

    const theirs = await phoneOf(browser, friend, '/scan', look)
    await theirs.page.getByTestId('scan-picture').setInputFiles(file('nothing.png', 'image/png', Buffer.from('x')))
    await theirs.page.getByText('图里没有认得出的二维码').waitFor()
    await theirs.page.getByTestId('scan-picture').setInputFiles(file('poster.jpg', 'image/png', bytes))
    await theirs.page.waitForURL(/#\/chat\/brand/)
    await theirs.page.locator('[role="log"] [data-from="account"]').first().waitFor()
    await theirs.look('followed')
    await theirs.close()
  }, long)

  test('the code of the mini program opens it, and it tells by whom its person came', async () => {
    const [me, friend] = [await somebody('林小满'), await somebody('何思远')]
    await follow(me)
    const code = await picture(me, 'mini-code')
    const { page, look: see, close } = await phoneOf(browser, friend, '/scan', looks[0])
    await page.getByTestId('scan-picture').setInputFiles(file('code.jpg', 'image/jpeg', code))
    await page.waitForURL(/#\/mini\/shop/)
    await page.getByText('/api/mini/v1/touches').first().waitFor()
    await see('mini-code')
    await expect.poll(async () => (await call<{ items: { state: string }[] }>('GET', `/referrals?program=${inviting}`)).items.length, { timeout: 30_000 }).toBeGreaterThan(0)
    await close()
  }, long)
})
