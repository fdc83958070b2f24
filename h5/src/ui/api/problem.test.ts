import { expect, test } from 'vitest'
import { explain } from '../reading/explain'
import { ApiError, problemOf, unanswered } from './problem'

const t = (key: string) => `<${key}>`
const answer = (status: number) => new Response('', { status, headers: { 'x-request-id': 'req-7' } })

test('a problem is told in the words of the server, with what to quote', () => {
  const error = problemOf(answer(422), { type: 'urn', title: '部分内容不符合要求', status: 422, code: 'invalid', detail: 'why', errors: [{ field: 'name', message: 'too long' }] })
  expect(explain(error, t)).toEqual({ title: '部分内容不符合要求', detail: 'why', fields: [{ field: 'name', message: 'too long' }], code: '422 · invalid · req-7' })
  expect(error.passing).toBe(false)
})
test('a page of a proxy is no problem of ours, and may pass', () => {
  const error = problemOf(answer(502), '<html>')
  expect(explain(error, t)).toMatchObject({ title: '<shared.error.http>', code: '502 · req-7' })
  expect(error.passing).toBe(true)
})
test('no answer says whether it was slow or not there', () => {
  expect(unanswered(new DOMException('', 'TimeoutError')).code).toBe('slow')
  expect(explain(unanswered(new TypeError('x')), t)).toMatchObject({ title: '<shared.error.unreachable>', code: '' })
  expect(new ApiError(409, 'conflict', 'x').passing).toBe(false)
})
