// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { zh } from '../words/zh'
import { deeds, outcome, pageOf, wordsOf, type Entry } from './deeds'

const entry = (place: number, request_id: string, status?: number, action = 'POST /api/admin/v1/merges'): Entry => ({ id: `aud_${place}`, place, at: `2026-11-22T03:00:0${place % 10}Z`, staff: 'stf_1', action, path: '/api/admin/v1/merges', request_id, ...(status && { status }) })

test('the entry before and the one after are one deed, also when others stand between', () => {
  const all = deeds([entry(4, 'b', 409), entry(3, 'a', 201), entry(2, 'b'), entry(1, 'a')])
  expect(all.map(({ request, before, after }) => [request, before?.place, after?.place])).toEqual([['b', 2, 4], ['a', 1, 3]])
  expect(all.map(outcome)).toEqual(['refused', 'done'])
})
test('a request id that is used twice makes two deeds', () => {
  const all = deeds([entry(4, 'a', 201), entry(3, 'a'), entry(2, 'a', 503), entry(1, 'a')])
  expect(all.map(({ before, after }) => [before?.place, after?.place])).toEqual([[3, 4], [1, 2]])
  expect(all.map(outcome)).toEqual(['done', 'failed'])
})
test('what was never answered stays open; signing in has one entry', () => {
  const all = deeds([entry(2, 'b', 201, 'POST /api/admin/v1/sessions'), entry(1, 'a')])
  expect(all.map((one) => [Boolean(one.before), outcome(one)])).toEqual([[false, 'done'], [true, 'open']])
})

test.each([
  ['/api/admin/v1/campaigns/cmp_0123456789abcdefghijklmnop/approve', '/campaigns/cmp_0123456789abcdefghijklmnop'],
  ['/api/admin/v1/members/look-up', null],
  ['/api/admin/v1/staff/stf_0123456789abcdefghijklmnop', null],
])('%s is about the page %s', (path, page) => expect(pageOf(path)).toBe(page))

const { paths } = JSON.parse(readFileSync('../tests/it/http/openapi.json', 'utf8')) as { paths: Record<string, Record<string, unknown>> }
const writing = Object.entries(paths).filter(([path]) => path.startsWith('/api/admin/v1/')).flatMap(([path, calls]) => Object.keys(calls).filter((method) => ['post', 'put', 'patch', 'delete'].includes(method)).map((method) => `${method.toUpperCase()} ${path}`))
test.each(writing)('%s has words', (action) => {
  const { thing, deed } = wordsOf(action)
  expect(Object.keys(zh.record.thing)).toContain(thing)
  expect(Object.keys(zh.record.deed)).toContain(deed)
})
