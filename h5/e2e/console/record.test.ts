import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('the record', () => {
  test.each(looks)('what staff did stands there, is checked, and is taken as a file, $name', async (look) => {
    const { id } = await call<{ id: string }>('POST', '/channels', { name: '记录里的渠道', kind: 'store' })
    await call('POST', '/members/look-up', { phone: '1' }).catch(() => undefined)
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    const dialog = page.getByRole('dialog')
    await enter(page, '/more/record')
    await page.locator('[data-deed]').first().waitFor()
    await page.locator('[data-deed]').filter({ hasText: '会员 · 查找' }).first().getByText('被拒绝').waitFor()
    await page.locator('[data-deed]').filter({ hasText: '账号 · 登录' }).first().waitFor()
    await see('record')
    await page.getByTestId('check').click()
    await page.getByTestId('checked').getByText('记录完整').waitFor()
    await see('checked')
    await page.getByLabel('谁的操作').selectOption({ label: '演示管理员' })
    await page.waitForURL((url) => url.hash.includes('staff=stf_'))
    const deed = page.locator('[data-deed]').filter({ hasText: '渠道 · 新建' }).first()
    await deed.getByText('已完成').waitFor()
    await deed.click()
    await dialog.getByText('操作之前记下').waitFor()
    await dialog.getByText('201', { exact: true }).waitFor()
    await see('deed')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByTestId('export').click()
    await dialog.getByTestId('reason').waitFor()
    expect(await dialog.getByTestId('what').locator('select').inputValue()).toBe('audit')
    expect(id).toMatch(/^chn_/)
    await close()
  })

  test('a record that somebody changed is told plainly', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[1])
    await page.route(/\/audit\/check$/, (route) => route.fulfill({ json: { length: 1200, digest: 'f'.repeat(64), wrong_at: 731 } }))
    await enter(page, '/more/record')
    await page.getByTestId('check').click()
    await page.getByTestId('checked').getByText('从第 731 条起').waitFor()
    await see('broken')
    await close()
  })
})
