import { expect, test } from 'vitest'
import { changes, formOf } from './basics'

test('only what was changed is sent; what was emptied is null', () => {
  const basics = { name: '王芳', nickname: 'Fang', sex: 'female' as const, region: null }
  expect(changes(basics, formOf(basics))).toEqual({})
  expect(changes(basics, { ...formOf(basics), name: ' 王芳芳 ', nickname: '', birthday: '1990-01-02' })).toEqual({ name: '王芳芳', nickname: null, birthday: '1990-01-02' })
})
