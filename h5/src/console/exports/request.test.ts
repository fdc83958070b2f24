import { expect, test } from 'vitest'
import { actsOf, exportForm, orderOf } from './request'

test('who asked fetches it, somebody else decides', () => {
  expect(actsOf({ state: 'waiting', staff: 'stf_1' }, 'stf_1')).toEqual(['withdraw'])
  expect(actsOf({ state: 'waiting', staff: 'stf_1' }, 'stf_2')).toEqual(['refuse', 'approve'])
  expect(actsOf({ state: 'ready', staff: 'stf_1' }, 'stf_1')).toEqual(['withdraw', 'download'])
  expect(actsOf({ state: 'ready', staff: 'stf_1' }, 'stf_2')).toEqual([])
  expect(actsOf({ state: 'over', staff: 'stf_1' }, 'stf_1')).toEqual([])
})
test('an order needs a reason, and says only what was chosen', () => {
  expect(orderOf({ ...exportForm(), reason: '对账' })).toBeNull()
  expect(orderOf({ ...exportForm(), reason: '年度对账' })).toEqual({ what: { members: {} }, reason: '年度对账' })
  expect(orderOf({ ...exportForm(), reason: '年度对账', from: '2026-01-01', follows: 'no', channel: ' c.A ' })).toEqual({ what: { members: { joined_from: '2026-01-01', follows: false, channel: 'c.A' } }, reason: '年度对账' })
  expect(orderOf({ ...exportForm(), reason: '年度对账', kind: 'bill' })).toBeNull()
  expect(orderOf({ ...exportForm(), reason: '年度对账', kind: 'audit' })?.what).toEqual({ audit: {} })
})
