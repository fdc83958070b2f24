import { expect, test } from 'vitest'
import { seedWallet } from '../../../dev/mock/pay.ts'
import { items, notices, packetLook, transferCallOf, transferLook } from './looks'

const wallet = () => seedWallet(new Date('2026-11-21T10:00:00Z'))

test('what waits stands with the one that lapses first in front, what was never taken below', () => {
  const { waiting, past } = items(wallet())
  expect(waiting.map(({ kind }) => kind)).toEqual(['transfer', 'packet', 'packet'])
  expect([...waiting].sort((a, b) => a.at.localeCompare(b.at))).toEqual(waiting)
  expect(past.map(({ kind }) => kind)).toEqual(['packet'])
})

test('only packets that came as a notice are notices', () => {
  expect(notices(wallet()).map(({ arrival }) => arrival)).toEqual(['notice', 'notice'])
  expect(notices(null)).toEqual([])
})

test('every state has a look', () => {
  expect((['SENDING', 'SENT', 'RECEIVED', 'FAILED', 'RFUND_ING', 'REFUND'] as const).map((state) => packetLook({ state }))).toEqual(['sending', 'waiting', 'opened', 'failed', 'gone', 'gone'])
  expect((['ACCEPTED', 'WAIT_USER_CONFIRM', 'TRANSFERING', 'SUCCESS', 'CANCELLED'] as const).map((state) => transferLook({ state, fail_reason: null }))).toEqual(['working', 'waiting', 'moving', 'confirmed', 'cancelled'])
  expect(['OVERDUE_CLOSE', 'TRANSFER_RISK'].map((fail_reason) => transferLook({ state: 'FAIL', fail_reason }))).toEqual(['lapsed', 'failed'])
})

test('the parameters of the client call are found, and nothing else is taken for them', () => {
  const call = { mchId: '1', appId: 'wx', package: 'ABBQ' }
  expect(transferCallOf(JSON.stringify(call))).toEqual(call)
  expect(transferCallOf(JSON.stringify({ state: 'waiting', confirm: { ...call, more: 1 } }))).toEqual(call)
  for (const text of ['', 'x', '[]', 'null', '{"mchId":"1"}', '{"mchId":1,"appId":"a","package":"p"}']) expect(transferCallOf(text)).toBeNull()
})
