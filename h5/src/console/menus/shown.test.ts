import { expect, test } from 'vitest'
import { rowsOf } from './shown'

test('a menu says what goes before what comes', () => {
  const rows = rowsOf({ what: 'menu', lost: ['旧 (click A)'], gained: ['新 (view B)', '二 (click C)'] })
  expect(rows.map(({ sign, text }) => `${sign} ${text}`)).toEqual(['- 旧 (click A)', '+ 新 (view B)', '+ 二 (click C)'])
})
test('without lines it is the order', () => expect(rowsOf({ what: 'menu', lost: [], gained: [] })).toEqual([{ sign: '~', key: 'order', values: {} }]))
test('templates and menus for some people', () => {
  expect(rowsOf({ what: 'template', title: '积分到期提醒' })[0]).toMatchObject({ sign: '+', values: { title: '积分到期提醒' } })
  expect(rowsOf({ what: 'conditional', lost: 1, gained: 2 })[0]).toMatchObject({ sign: '~', values: { lost: 1, gained: 2 } })
})
