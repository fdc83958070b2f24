import { effectScope } from 'vue'
import { expect, test } from 'vitest'
import { joined, usePaged } from './paged'

const rows = (...ids: number[]) => ids.map((id) => ({ id: String(id) }))
const id = (row: { id: string }) => row.id

test('a fresh head goes before what was read further down', () => {
  expect(joined(rows(9, 3, 2), rows(3, 2, 1, 0), id, false)).toEqual(rows(9, 3, 2, 1, 0))
})
test('who moved up does not stay below', () => expect(joined(rows(1, 3, 2), rows(3, 2, 1, 0), id, false)).toEqual(rows(1, 3, 2, 0)))
test('a head that is all there is, or far ahead, is all there is', () => {
  expect(joined(rows(2), rows(3, 2, 1), id, true)).toEqual(rows(2))
  expect(joined(rows(9, 8), rows(3, 2), id, false)).toEqual(rows(9, 8))
})

const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}
test('pages follow each other, and a refresh keeps them', async () => {
  const pages: Record<string, { items: { id: string }[]; next?: string }> = { '': { items: rows(4, 3), next: 'b' }, b: { items: rows(2, 1) } }
  const scope = effectScope()
  const list = scope.run(() => usePaged(async (cursor?: string) => pages[cursor ?? '']!, id))!
  await settle()
  expect([list.value, list.more]).toEqual([rows(4, 3), true])
  await list.next()
  expect([list.value, list.more]).toEqual([rows(4, 3, 2, 1), false])
  pages['']! = { items: rows(5, 4, 3), next: 'b' }
  await list.refresh()
  expect([list.value, list.more]).toEqual([rows(5, 4, 3, 2, 1), false])
  scope.stop()
})

test('a failed page keeps what is there and says why', async () => {
  let broken = false
  const scope = effectScope()
  const list = scope.run(() => usePaged(async () => {
    if (broken) throw new Error('lost')
    return { items: rows(1) }
  }, id))!
  await settle()
  broken = true
  await list.refresh()
  expect([list.value, list.error?.message, list.loading]).toEqual([rows(1), 'lost', false])
  scope.stop()
})
