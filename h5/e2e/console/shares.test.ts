import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())
const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString()

describe.skipIf(!running)('shares', () => {
  test.each(looks)('a share campaign is written, warned about, run, held, changed and ended, $name', async (look) => {
    const points = `来访积分 ${Date.now() % 100_000}`
    await call('POST', '/campaigns', { name: points, gives: { kind: 'points' }, amount: { kind: 'fixed', amount: 5 }, budget: 1000, starts_at: day(0), ends_at: day(-20) })
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    const act = async (name: string, reason: string) => {
      await page.getByTestId(`act-${name}`).click()
      await page.getByRole('dialog').getByTestId('reason').fill(reason)
      if (name !== 'end') return page.getByRole('dialog').getByTestId('sure').click()
      await page.getByRole('dialog').getByRole('button', { name: '结束' }).click()
      return page.getByRole('dialog').getByRole('group').getByRole('button', { name: '结束' }).click()
    }
    const name = `新茶 ${Date.now() % 100_000}`
    await enter(page, '/campaigns?tab=shares')
    await page.getByRole('tab', { name: '分享' }).waitFor()
    await page.getByTestId('new').click()
    await page.getByTestId('name').fill(name)
    await page.getByTestId('title').fill('分享到群，免费领红包')
    await page.getByTestId('wording').first().waitFor()
    await page.getByTestId('title').scrollIntoViewIfNeeded()
    await see('share-wording')
    await page.getByTestId('title').fill('明前新茶到店，来看看')
    await page.getByTestId('wording').first().waitFor({ state: 'detached' })
    await page.getByTestId('path').fill('/pages/tea?x=1')
    await page.getByText('只能用字母、数字').waitFor()
    expect(await page.getByTestId('save').isDisabled()).toBe(true)
    await page.getByTestId('path').fill(`pages/tea-${Date.now()}/index`)
    await page.getByTestId('add-page').click()
    await page.getByRole('button', { name: '移除这个页面' }).nth(1).click()
    await page.getByTestId('gives-visit').locator('select').selectOption({ label: points })
    await page.getByTestId('gives-visit').scrollIntoViewIfNeeded()
    await see('share-form')
    // A draft survives the page.
    await page.reload()
    expect(await page.getByTestId('name').inputValue()).toBe(name)
    await page.getByTestId('save').click()
    await page.getByTestId('act-run').waitFor()
    await see('share-draft')
    await act('run', '开始')
    await page.getByTestId('act-pause').waitFor()
    await page.getByText('每一次打开都有记录').waitFor()
    await see('share-running')
    await act('pause', '先停一下')
    await page.getByTestId('act-run').waitFor()
    await page.getByTestId('edit').click()
    await page.getByTestId('reason').fill('换一句话')
    await page.getByTestId('title').fill('明前新茶到店')
    await page.getByTestId('save').click()
    await page.getByText('规则第 2 版').waitFor()
    await act('end', '活动做完了')
    await page.getByTestId('act-end').waitFor({ state: 'detached' })
    await page.getByText('演示管理员').first().waitFor()
    await page.goto(`${consoleUrl}#/campaigns?tab=shares`)
    await page.locator('[data-share]').filter({ hasText: name }).getByText('已结束').waitFor()
    await see('shares')
    await close()
  })

  // A fresh demonstration has no visits yet: they are answered here.
  test.each([looks[0], looks[3]])('visits and what they brought, each with its why, $name', async (look) => {
    const { id } = await call<{ id: string }>('POST', '/share-campaigns', { name: '新茶来访', starts_at: day(1), ends_at: day(-20), rules: { pages: [{ page: `pages/seen-${Date.now()}`, title: '邀请好友，各得 20 积分' }] } })
    await call('POST', `/share-campaigns/${id}/run`, { version: 1, reason: '演示' })
    const member = (at: number) => `mem_${String(at).padStart(26, '0')}`
    const states = ['counted', 'rewarded', 'seen', 'refused', 'reversed'] as const
    const visits = Array.from({ length: 5 }, (_, at) => ({
      id: `shv_${String(at).padStart(26, '0')}`, campaign: id, page: 'pages/seen', visitor: member(at + 10), visitor_name: '客**', sharer: member(at % 3), sharer_name: '友**', state: states[at], code: 'counts', reason_zh: '有效访问', reason_en: 'The visit counts', seen: { stayed_ms: 24_000, wanted_ms: 10_000 }, rules_version: 1, value_fen: at * 1990,
      created_at: day(at / 4), opened_at: day(at / 4), counted_at: day(at / 5),
    }))
    const values = Array.from({ length: 3 }, (_, at) => ({ campaign: id, member: member(at), name: '友**', visits: 12 - at * 3, second: at, registered: 4 - at, purchases: 2 - at, value_fen: 19_900 * (3 - at) }))
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await page.route(/\/share-visits\?/, (route) => route.fulfill({ json: { items: visits } }))
    await page.route(/\/share-campaigns\/[^/]+\/values/, (route) => route.fulfill({ json: values }))
    await page.route(/\/share-visits\/shv_/, (route) => route.fulfill({ json: { ...visits[1], rewards: [{ role: 'visit', member: member(1), campaign: `cmp_${'0'.repeat(26)}`, grant: `grt_${'0'.repeat(26)}`, state: 'given', amount: 5, back: 0, gone: 0, at: day(0) }] } }))
    await enter(page, `/shares/${id}`)
    await page.getByText('来访 12').waitFor()
    await page.getByText('微信可能认为是诱导分享').first().waitFor()
    await see('share-values')
    await page.locator('[data-visit]').first().scrollIntoViewIfNeeded()
    await see('share-visits')
    await page.locator('[data-visit]').nth(1).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: '一次来访' }).waitFor()
    await page.getByText('24 秒').waitFor()
    await page.getByText('客**').waitFor()
    await see('share-visit')
    await close()
  })
})
