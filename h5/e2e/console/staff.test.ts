import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, looks, visit } from '../browser'
import { call, consoleUrl, enter, running, signIn, store } from './desk'
import { codeAt, step } from './totp'

let browser: Browser
beforeAll(async () => {
  if (running) browser = await launch()
})
afterAll(() => browser?.close())
let number = Date.now() % 1_000_000
const fresh = () => `li.${(number += 1)}`

describe.skipIf(!running)('staff', () => {
  test.each(looks)('a colleague is added, given another role, locked and let in again, $name', async (look) => {
    const login = fresh()
    const place = await store('staff')
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    const row = page.locator(`[data-staff="${login}"]`)
    const dialog = page.getByRole('dialog')
    await enter(page, '/more/staff')
    await page.locator('[data-staff="demo"]').waitFor()
    await page.getByTestId('new').click()
    await dialog.getByTestId('name').fill('李雷')
    await dialog.getByTestId('login').fill('Li Lei')
    await dialog.getByText('只能用小写字母').waitFor()
    await dialog.getByTestId('login').fill(login)
    await dialog.getByRole('radio', { name: '店长' }).check()
    await dialog.getByTestId('store').getByRole('combobox').selectOption(place)
    await dialog.getByTestId('fresh').click()
    const password = await dialog.getByTestId('password').inputValue()
    await see('new-colleague')
    await dialog.getByTestId('add').click()
    await dialog.getByText(password).waitFor()
    await see('told')
    await dialog.getByTestId('told').click()
    await dialog.waitFor({ state: 'hidden' })
    await row.getByText('店长').waitFor()
    await see('staff')

    // What was told is enough to sign in; another role signs them out.
    const { token } = await signIn(login, password)
    const works = async (session = token) => (await fetch(`${process.env['HUILIAN_URL']}/api/admin/v1/me`, { headers: { authorization: `Bearer ${session}` } })).status
    expect(await works()).toBe(200)
    await row.click()
    await dialog.getByRole('radio', { name: '总部' }).check()
    await see('colleague')
    await dialog.getByTestId('save').click()
    await dialog.waitFor({ state: 'hidden' })
    await row.getByText('总部').waitFor()
    expect(await works()).toBe(401)

    await row.click()
    await dialog.getByTestId('lock').getByRole('button').click()
    await see('lock')
    await dialog.getByRole('group').getByRole('button', { name: '停用' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row.getByText('已停用').waitFor()
    await expect(signIn(login, password)).rejects.toThrow('401')
    await row.click()
    await see('locked')
    await dialog.getByTestId('unlock').click()
    await dialog.waitFor({ state: 'hidden' })
    await row.getByText('已停用').waitFor({ state: 'detached' })

    const { token: later } = await signIn(login, password)
    await row.click()
    await dialog.getByTestId('sign-out').getByRole('button').click()
    await dialog.getByRole('group').getByRole('button', { name: '在所有设备上退出' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(await works(later)).toBe(401)

    await row.click()
    await dialog.getByTestId('fresh').click()
    const other = await dialog.getByTestId('password').inputValue()
    await dialog.getByTestId('reset').getByRole('button').click()
    await dialog.getByRole('group').getByRole('button', { name: '重设密码' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await signIn(login, other)

    // Nobody takes away their own rights.
    await page.locator('[data-staff="demo"]').click()
    await dialog.getByText('不能改自己的角色').waitFor()
    expect(await dialog.getByTestId('lock').count()).toBe(0)
    await close()
  })

  test('without an answer the page says so, and tries again', async () => {
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[1])
    await page.route(/\/staff$/, (route) => route.fulfill({ status: 503, json: { type: 'urn:huilian:error:unavailable', title: '服务暂时不可用', status: 503, code: 'unavailable', request_id: 'req-7' } }))
    await enter(page, '/more/staff')
    await page.getByText('服务暂时不可用').waitFor()
    await page.getByText('503 · unavailable · req-7').waitFor()
    await see('staff-unavailable')
    await page.unroute(/\/staff$/)
    await page.getByRole('button', { name: '重试' }).click()
    await page.locator('[data-staff="demo"]').waitFor()
    await close()
  })

  test('a manager finds the door closed', async () => {
    const login = fresh()
    await call('POST', '/staff', { login, name: '店长', password: 'huilian-2026-a', role: 'manager', store: await store('staff') })
    const { page, look: see, close } = await visit(browser, consoleUrl, looks[0])
    await page.getByLabel('登录名').fill(login)
    await page.getByLabel('密码').fill('huilian-2026-a')
    await page.getByTestId('sign-in').click()
    await page.getByText('需要我处理').waitFor()
    await page.goto(`${consoleUrl}#/more`)
    await page.locator('[data-place="channels"]').waitFor()
    expect(await page.locator('[data-place="staff"], [data-place="record"]').count()).toBe(0)
    await page.goto(`${consoleUrl}#/more/record`)
    await page.getByText('403').first().waitFor()
    await see('closed')
    await close()
  })

  test.each(looks)('oneself: a second factor, signing in with it, devices, the password, $name', async (look) => {
    const [login, password] = [fresh(), 'huilian-2026-a']
    const { id } = await call<{ id: string }>('POST', '/staff', { login, name: '韩梅梅', password, role: 'clerk', store: await store('staff') })
    await signIn(login, password)
    const { page, look: see, close } = await visit(browser, consoleUrl, look)
    const shown = async () => {
      await page.getByLabel('登录名').fill(login)
      await page.getByLabel('密码').fill(password)
      await page.getByTestId('sign-in').click()
    }
    await shown()
    await page.getByText('需要我处理').waitFor()
    await page.goto(`${consoleUrl}#/more`)
    await page.locator('[data-place="account"]').click()
    await page.getByText('还没有开启').waitFor()
    await page.locator('[data-session="other"]').waitFor()
    await see('account')
    await page.locator('[data-session="other"]').getByRole('button', { name: '退出' }).click()
    await page.locator('[data-session="other"]').waitFor({ state: 'detached' })

    await page.getByTestId('begin').click()
    const secret = await page.getByTestId('secret').innerText()
    await see('second-factor')
    await page.getByTestId('code').fill(codeAt(secret, step() - 1))
    await page.getByTestId('confirm').click()
    await page.getByText('登录时需要身份验证器的动态码').waitFor()
    await see('second-factor-on')

    await page.getByTestId('old').fill('wrong wrong wrong')
    await page.getByTestId('fresh').fill('huilian-2026-b')
    await page.getByTestId('again').fill('huilian-2026-c')
    await page.getByText('两次输入不一样').waitFor()
    await page.getByTestId('again').fill('huilian-2026-b')
    await page.getByTestId('change-password').click()
    await page.getByRole('alert').getByText('当前密码不对').waitFor()
    await page.getByTestId('change-password').scrollIntoViewIfNeeded()
    await see('password')

    await page.goto(`${consoleUrl}#/more`)
    await page.getByTestId('sign-out').click()
    await page.getByTestId('sign-in').waitFor()
    await shown()
    await page.getByTestId('code').waitFor()
    expect(await page.getByTestId('code').evaluate((field) => field === document.activeElement)).toBe(true)
    await see('code')
    await page.getByTestId('code').fill('000 000')
    await page.getByTestId('sign-in').click()
    await page.getByRole('alert').getByText('动态码不对').waitFor()
    await see('code-wrong')
    await page.getByTestId('code').fill(codeAt(secret, step()))
    await page.getByTestId('sign-in').click()
    await page.getByTestId('sign-in').waitFor({ state: 'detached' })

    // Whoever lost the authenticator asks headquarters.
    await call('DELETE', `/staff/${id}/second-factor`)
    await page.goto(`${consoleUrl}#/more/account`)
    await page.getByText('还没有开启').waitFor()
    await close()
  })
})
