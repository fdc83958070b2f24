import { expect, test } from 'vitest'
import { ApiError } from '../api/problem'
import { retold } from './retold'

const invalid = (...fields: string[]) => new ApiError(422, 'invalid', 'no', null, 'req-7', fields.map((field) => ({ field, message: 'is wrong' })))

test('a failure of one field is told in words of ours, with what to quote', () => {
  expect(() => retold('old', '当前密码不对')(invalid('old'))).toThrow(expect.objectContaining({ message: '当前密码不对', status: 422, requestId: 'req-7', fields: [] }))
})
test('any other failure stays as it came', () => {
  const other = invalid('new')
  const both = invalid('old', 'new')
  expect(() => retold('old', 'x')(other)).toThrow(other)
  expect(() => retold('old', 'x')(both)).toThrow(both)
  expect(() => retold('old', 'x')(new Error('lost'))).toThrow('lost')
})
