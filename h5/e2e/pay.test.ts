import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch, looks, visit } from './browser'
import { payer, type Payer } from './payer'

const url = inject('url')
const real = Boolean(process.env['SANDBOX_URL'])
let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

// The mock has a wallet with everything in it from the start.
describe.skipIf(real).each(looks)('a full wallet, $name', (look) => {
  test('is shown with what waits, what came and what was never taken', async () => {
    const { page, look: see, close } = await visit(browser, url, look)
    await page.getByRole('button', { name: '钱包' }).click()
    await page.getByTestId('balance').waitFor()
    await see('wallet')
    await page.getByText('没有收下的').scrollIntoViewIfNeeded()
    await see('wallet-past')
    await page.getByTestId('transfer-call').fill('{"mchId":"1900000001","appId":"wxmini","package":"ABBQO+oYAAABmock"}')
    await see('wallet-call')
    await page.getByTestId('open-transfer').press('Enter')
    await page.getByTestId('confirm-transfer').waitFor()
    await see('transfer')
    await close()
  })

  test('packets lapse, and packets among the notices open', async () => {
    const { page, look: see, close } = await visit(browser, url, look)
    await page.getByTestId('notices').click()
    await page.locator('[data-packet]').first().waitFor()
    await see('notices')
    await page.locator('[data-look="gone"]').click()
    await page.getByText('已退回给商家').waitFor()
    await see('packet-gone')
    await page.goto(`${url}#/packet/999999`)
    await page.getByText('没有这个红包').waitFor()
    await close()
  })
})

// Against the sandbox itself: money moves.
describe.skipIf(!real)('a merchant pays', () => {
  let merchant: Payer
  beforeAll(async () => {
    merchant = await payer(url)
  })
  afterAll(() => merchant?.close())

  test.each(looks)('a follower by a red packet, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, url, look)
    const person = await merchant.person(true)
    await page.evaluate((id) => localStorage.setItem('person', id), person.id)
    await page.reload()
    await page.locator(`[data-account="${merchant.account.key}"]`).click()
    await page.getByRole('log').waitFor()
    const sent = await merchant.send(person, 188)
    expect(sent).toContain('<result_code><![CDATA[SUCCESS]]>')
    const card = page.getByRole('log').locator('[data-packet]')
    await card.waitFor()
    await see('packet-in-chat')
    await card.press('Enter')
    await page.getByTestId('open-packet').waitFor()
    await see('packet')
    await page.getByTestId('open-packet').press('Enter')
    await page.getByTestId('amount').waitFor()
    expect(await page.getByTestId('amount').innerText()).toBe('¥1.88')
    await see('packet-opened')
    await page.getByRole('link', { name: '钱包' }).click()
    expect(await page.getByTestId('balance').innerText()).toBe('¥1.88')
    await see('wallet-after')
    await page.goto(`${url}#/chat/${merchant.account.key}`)
    await page.locator('[data-packet][data-look="opened"]').waitFor()
    await see('packet-taken-in-chat')
    await close()
  })

  test('somebody who does not follow among the service notices', async () => {
    const { page, look: see, close } = await visit(browser, url, looks[0])
    const person = await merchant.person(false)
    await page.evaluate((id) => localStorage.setItem('person', id), person.id)
    await page.reload()
    await merchant.send(person, 200)
    await page.getByTestId('notices').click()
    await page.locator('[data-packet]').waitFor()
    await see('notice')
    await close()
  })

  test.each([looks[0], looks[3]])('by a transfer that the person accepts, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, url, look)
    const person = await merchant.person(false)
    await page.evaluate((id) => localStorage.setItem('person', id), person.id)
    await page.reload()
    const call = await merchant.transfer(person, 1_000)
    await page.goto(`${url}#/wallet`)
    await page.getByTestId('transfer-call').fill(JSON.stringify(call))
    await page.getByTestId('open-transfer').press('Enter')
    await page.getByTestId('close-transfer').press('Enter')
    await page.getByText('页面已关闭').waitFor()
    expect(await page.getByTestId('balance').innerText()).toBe('¥0.00')
    await page.goto(`${url}#/transfer?${new URLSearchParams({ ...call })}`)
    await page.getByTestId('confirm-transfer').press('Enter')
    await page.locator('[data-look="confirmed"]').waitFor()
    await see('transfer-confirmed')
    await page.getByRole('button', { name: '钱包' }).press('Enter')
    expect(await page.getByTestId('balance').innerText()).toBe('¥10.00')
    const stranger = await merchant.person(false)
    await page.evaluate((id) => localStorage.setItem('person', id), stranger.id)
    await page.goto(`${url}#/transfer?${new URLSearchParams({ ...call })}`)
    await page.reload()
    await page.getByText('你的微信号与商家指定的微信号不一致').waitFor()
    await see('transfer-refused')
    await close()
  })

  test('whom WeChat Pay distrusts gets nothing', async () => {
    const { page, close } = await visit(browser, url, looks[2])
    const person = await merchant.person(false)
    await page.evaluate((id) => localStorage.setItem('person', id), person.id)
    await page.goto(`${url}#/wallet`)
    await page.reload()
    await page.getByLabel('微信支付拦截这个人').selectOption('TRANSFER_RISK')
    await expect.poll(() => merchant.send(person, 100)).toContain('NO_AUTH')
    await close()
  })
})
