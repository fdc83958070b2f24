import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, members, number, running, signIn } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

const password = 'another-long-secret'
/** Somebody else of headquarters agrees. */
async function agreed(id: string) {
  const login = `hq${Date.now()}`
  await call('POST', '/staff', { login, name: '陈总部', password, role: 'headquarters' })
  const { token } = await signIn(login, password)
  const answer = await fetch(`${process.env['HUILIAN_URL']}/api/admin/v1/exports/${id}/approve`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
}

describe.skipIf(!running)('exports', () => {
  test.each(looks)('members are asked for, agreed to by somebody else, and fetched with a mark, $name', async (look) => {
    await members([{ name: '赵敏行', phone: number() }])
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/more/exports')
    await page.getByTestId('ask').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByTestId('reason').fill('年度会员盘点')
    await see('export-ask')
    const asked = page.waitForResponse((answer) => answer.url().endsWith('/exports') && answer.request().method() === 'POST')
    await dialog.getByTestId('sure').click()
    const { id } = await (await asked).json() as { id: string }
    const line = page.locator(`[data-export="${id}"]`)
    await line.getByText('自己的申请由别人同意').waitFor()
    await see('export-waiting')
    await agreed(id)
    await line.getByTestId('download').waitFor({ timeout: 20_000 })
    const [file] = await Promise.all([page.waitForEvent('download'), line.getByTestId('download').click()])
    expect(file.suggestedFilename()).toMatch(/^members-\d{8}-demo-xpt_.*\.csv$/)
    const text = readFileSync(await file.path(), 'utf8')
    expect(text).toContain('赵**')
    expect(text).not.toContain('赵敏行')
    expect(text.trim().split('\n').slice(1).every((row) => row.includes(id))).toBe(true)
    await line.getByText('已下载 1 次').waitFor()
    await see('export-ready')
    await line.getByRole('button', { name: '撤回' }).click()
    await line.getByRole('group').getByRole('button', { name: '撤回' }).click()
    await line.getByText('已撤回').waitFor()
    await close()
  })
})
