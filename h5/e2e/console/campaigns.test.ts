import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, running } from './desk'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())

describe.skipIf(!running)('campaigns', () => {
  test.each(looks)('a campaign is written, approved, run, held and stopped, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    const act = async (name: string, reason: string, grave = false) => {
      await page.getByTestId(`act-${name}`).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByTestId('reason').fill(reason)
      if (!grave) return dialog.getByTestId('sure').click()
      await dialog.getByRole('button', { name: '紧急停止' }).click()
      await see(`act-${name}`)
      return dialog.getByRole('group').getByRole('button', { name: '紧急停止' }).click()
    }
    await enter(page, '/campaigns')
    await page.getByTestId('new').click()
    await page.getByTestId('name').fill(`冬日暖心 ${Date.now() % 100_000}`)
    await page.getByTestId('fixed').fill('50')
    await page.getByTestId('budget').fill('5000')
    await page.getByText('次可发').waitFor()
    await see('campaign-form')
    // A draft survives the page.
    await page.reload()
    expect(await page.getByTestId('budget').inputValue()).toBe('5000')
    await page.getByTestId('save').click()
    await page.getByText('成本预估').waitFor()
    await page.getByText('最多花费').waitFor()
    await see('campaign-draft')
    await act('approve', '预算合理')
    await page.getByTestId('act-run').waitFor()
    await act('run', '开始')
    await page.getByTestId('act-pause').waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
    await see('campaign-running')
    await act('pause', '先停一下')
    await page.getByTestId('act-run').waitFor()
    await act('run', '继续')
    await page.getByTestId('act-pause').waitFor()
    await act('kill', '有人投诉', true)
    await page.getByText('已紧急停止').waitFor()
    await see('campaign-killed')
    await close()
  })

  test.each([looks[0], looks[2]])('a red packet shows what members will see, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/campaigns/new')
    await page.getByTestId('gives').locator('select').selectOption('red_packet')
    await page.getByTestId('name').fill('新人红包')
    await page.getByTestId('fixed').fill('1.88')
    await page.getByTestId('budget').fill('1000')
    await page.getByLabel('发送者名称').fill('拾光茶铺')
    await page.getByLabel('祝福语').fill('谢谢你来')
    await page.getByText('拾光茶铺的红包').waitFor()
    await page.getByText('531').waitFor()
    await page.getByText('谢谢你来').scrollIntoViewIfNeeded()
    await see('packet-form')
    await close()
  })

  test.each(looks)('a program of invitations is written and run, $name', async (look) => {
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await enter(page, '/campaigns?tab=referrals')
    await page.getByTestId('new').click()
    await page.getByTestId('name').fill(`老友记 ${Date.now() % 100_000}`)
    await see('program-form')
    await page.getByTestId('save').click()
    await page.getByTestId('act-run').waitFor()
    await page.getByTestId('act-run').click()
    await page.getByRole('dialog').getByTestId('reason').fill('开始')
    await page.getByRole('dialog').getByTestId('sure').click()
    await page.getByTestId('act-pause').waitFor()
    await page.getByText('邀请漏斗').waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
    await see('program')
    await page.goto(`${consoleUrl}#/campaigns?tab=alerts`)
    await page.getByRole('tab', { name: '预警' }).waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
    await see('alerts')
    await close()
  })

  // A fresh demonstration has given nothing yet: the lists are answered here, so that the charts have something to say.
  test.each([looks[0], looks[3]])('charts say what they found, with the figures behind them, $name', async (look) => {
    const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString()
    const starts_at = day(1)
    const ends_at = day(-20)
    const { id: program } = await call<{ id: string }>('POST', '/referral-programs', { name: '图表', starts_at, ends_at, rules: { attribution: 'first', window_days: 30 } })
    await call('POST', `/referral-programs/${program}/run`, { version: 1, reason: '演示' })
    const terms = { name: '图表', gives: { kind: 'points' }, amount: { kind: 'fixed', amount: 10 }, budget: 1000, starts_at, ends_at }
    const { id: campaign } = await call<{ id: string }>('POST', '/campaigns', terms)
    await call('POST', `/campaigns/${campaign}/approve`, { version: 1, reason: '演示' })
    const marks = ['registered_at', 'phone_at', 'qualified_at', 'matured_at', 'rewarded_at']
    const referrals = Array.from({ length: 60 }, (_, at) => ({
      id: `ref_${at}`, program, invitee: `mem_${at}aaaaaa`, inviter: 'mem_inviter', code: 'x', reason_zh: '观察期内', reason_en: 'has to hold', rules_version: 1, state: 'registered', value_fen: 0, seen: {}, created_at: day(at / 10),
      ...Object.fromEntries(marks.slice(0, at % 6).map((mark) => [mark, day(0)])),
    }))
    const grants = Array.from({ length: 40 }, (_, at) => ({ id: `grt_${at}`, campaign, member: `mem_${at}aaaaaa`, amount: 10, came_back: 0, state: 'given', code: 'given', reason_zh: '符合全部条件', reason_en: 'All conditions are met', because: { rule: 'referral', what: 'x' }, created_at: day(at / 8) }))
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    await page.route(/\/referrals\?/, (route) => route.fulfill({ json: { items: referrals } }))
    await page.route(/\/grants\?/, (route) => route.fulfill({ json: { items: grants } }))
    await enter(page, `/programs/${program}`)
    await page.getByText('最多人停在').waitFor()
    await page.locator('figure canvas').waitFor()
    await page.getByText('查看数据').click()
    await page.getByRole('cell', { name: '100%' }).waitFor()
    await see('funnel')
    await page.goto(`${consoleUrl}#/campaigns/${campaign}`)
    await page.getByText('按最近的速度').waitFor()
    await page.locator('figure canvas').waitFor()
    await page.locator('figure').scrollIntoViewIfNeeded()
    await see('burn-down')
    await close()
  })
})
