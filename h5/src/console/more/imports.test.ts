import { expect, test } from 'vitest'
import { doubled, importActs, meaning, type Field } from './imports'

test('another meaning keeps what it knows of the system', () => {
  expect(meaning('card', { field: 'external', system: 'erp' })).toEqual({ field: 'card', issuer: 'erp' })
  expect(meaning('card', { field: 'name' })).toEqual({ field: 'card', issuer: 'pos' })
  expect(meaning('phone', { field: 'card', issuer: 'pos' })).toEqual({ field: 'phone' })
  const attribute: Field = { field: 'attribute', key: 'shoe' }
  expect(meaning('attribute', attribute)).toBe(attribute)
})
test('what two columns claim is named', () => {
  expect(doubled([{ field: 'phone' }, { field: 'ignore' }, { field: 'ignore' }, { field: 'phone' }])).toEqual(['phone'])
  expect(doubled([{ field: 'card', issuer: 'a' }, { field: 'card', issuer: 'b' }])).toEqual([])
})
test('a file is started when its columns have meanings', () => {
  expect(importActs({ state: 'ready', mapping: null })).toEqual([])
  expect(importActs({ state: 'ready', mapping: { columns: [] } })).toEqual(['check', 'start'])
  expect(importActs({ state: 'running' })).toEqual([])
  expect(importActs({ state: 'done' })).toEqual(['undo'])
})
