import { expect, test } from 'vitest'
import { storeChanges, storeFlaw, storeOptions, type Store } from './stores'

const store = (id: string, name: string): Store => ({ id, code: id, name, created_at: '2026-11-21T02:00:00Z' })

test('a box offers none, the open stores, and the present one although it is closed', () => {
  const open = [store('sto_1', '深圳湾店'), store('sto_2', '北站店')]
  expect(storeOptions(open, '不属于门店').map(({ key }) => key)).toEqual(['', 'sto_1', 'sto_2'])
  expect(storeOptions(open, '不属于门店', { key: 'sto_2', label: '北站店' }).map(({ key }) => key)).toEqual(['', 'sto_1', 'sto_2'])
  expect(storeOptions(open, '不属于门店', { key: 'sto_9', label: '旧店' }).map(({ label }) => label)).toEqual(['不属于门店', '旧店', '深圳湾店', '北站店'])
  expect(storeOptions(open, '不属于门店', { key: '', label: '' })).toHaveLength(3)
})
test('only another name is sent', () => {
  expect([storeChanges({ name: '北站店' }, ' 北站店 '), storeChanges({ name: '北站店' }, ' '), storeChanges({ name: '北站店' }, '店'.repeat(41))]).toEqual([null, null, null])
  expect(storeChanges({ name: '北站店' }, ' 深圳北站店 ')).toEqual({ name: '深圳北站店' })
})
test.each([['code', '', '店'], ['code', 'a b', '店'], ['name', 'sz-1', ' '], [null, ' sz-1 ', '店']])('%s: %s %s', (flaw, code, name) => expect(storeFlaw({ code, name })).toBe(flaw))
