import { expect, test } from 'vitest'
import { actsOf, programActs } from './acts'

test('headquarters approve, run, hold and end; managers hold and kill', () => {
  expect(actsOf('draft', true, true)).toEqual(['approve'])
  expect(actsOf('approved', true, true)).toEqual(['kill', 'end', 'run'])
  expect(actsOf('running', true, true)).toEqual(['kill', 'end', 'pause'])
  expect(actsOf('paused', true, true)).toEqual(['kill', 'end', 'run'])
  expect(actsOf('running', false, true)).toEqual(['kill', 'pause'])
  expect(actsOf('draft', false, true)).toEqual([])
  expect(actsOf('ended', true, true)).toEqual([])
})
test('a program that has ended stays so', () => {
  expect(programActs('draft')).toEqual(['run'])
  expect(programActs('running')).toEqual(['end', 'pause'])
  expect(programActs('paused')).toEqual(['end', 'run'])
  expect(programActs('ended')).toEqual([])
})
