import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { consoleUrl, enter, number, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('more', () => {
  test.each(looks)('a list of members is brought, tried, taken over and taken back, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    // What headings mean is remembered: a heading of its own makes this a file that nobody has seen.
    const heading = `备注${Date.now()}`
    const rows = [`赵一,${number()},1988-01-02,`, `钱二,${number()},1992-12-30,`, '孙三,123,1970-01-01,']
    await enter(page, '/more/imports')
    await page.getByTestId('file').setInputFiles({ name: '老会员.csv', mimeType: 'text/csv', buffer: Buffer.from([`姓名,手机号,生日,${heading}`, ...rows].join('\n')) })
    await page.getByTestId('save-mapping').waitFor()
    await see('columns')
    await page.getByTestId('save-mapping').click()
    await page.getByTestId('check').click()
    await page.getByText('试跑结果').waitFor()
    await page.getByText('第 4 行').waitFor()
    await see('tried')
    await page.getByTestId('start').click()
    await page.getByText('导入结果').waitFor()
    await page.getByText('新会员').waitFor()
    await page.getByText('已完成').waitFor()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('rejects').click()])
    expect(file.suggestedFilename()).toContain('rejects')
    await see('imported')
    await page.getByRole('button', { name: '撤回导入' }).click()
    await page.getByRole('group').getByRole('button', { name: '撤回导入' }).click()
    await page.getByText('已撤回').first().waitFor()
    await see('undone')
    await close()
  })

  test.each(looks)('reply rules, proof, payouts, stops, jobs and pictures, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/more/replies')
    await page.locator('[data-rule]').first().waitFor()
    await see('replies')
    await page.locator('[data-rule]').first().click()
    await page.getByRole('dialog').getByTestId('save').waitFor()
    await see('reply')
    await page.keyboard.press('Escape')
    await page.goto(`${consoleUrl}#/more/canned`)
    await page.getByTestId('new-canned').click()
    const dialog = page.getByRole('dialog')
    const title = `问候 ${Date.now() % 100_000}`
    await dialog.getByTestId('title').fill(title)
    await dialog.getByTestId('words').fill('您好，很高兴为您服务。')
    await see('canned-edit')
    await dialog.getByTestId('save').click()
    await page.locator('[data-canned]').filter({ hasText: title }).waitFor()
    await see('canned-list')
    for (const [place, title] of Object.entries({ proof: '资金对账', payouts: '打款记录', stops: '打款停止', jobs: '后台任务', pictures: '头像审核' })) {
      await page.goto(`${consoleUrl}#/more/${place}`)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      await see(place)
    }
    await close()
  })

  test('payouts are stopped with a second gesture, and let go on', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await enter(page, '/more/stops')
    await page.getByTestId('stop').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByTestId('reason').fill('演练')
    await dialog.getByRole('button', { name: '停止打款' }).click()
    await see('stop')
    await dialog.getByRole('group').getByRole('button', { name: '停止打款' }).click()
    // Campaigns that were killed have stops of their own.
    const all = page.getByRole('listitem').filter({ has: page.getByText('全部', { exact: true }) })
    await all.waitFor()
    await see('stopped')
    await all.getByRole('button', { name: '解除' }).click()
    await page.getByRole('dialog').getByTestId('reason').fill('演练结束')
    await page.getByRole('dialog').getByTestId('sure').click()
    await all.waitFor({ state: 'detached' })
    await close()
  })
})
