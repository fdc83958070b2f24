import { expect, test } from 'vitest'
import { modulesOf, pathOf, runs } from './qr'

test('runs of dark modules', () => {
  expect(runs([false, true, true, false, true])).toEqual([[1, 2], [4, 1]])
  expect(runs([])).toEqual([])
})
test('a path has a step for each run', () => expect(pathOf({ size: 2, dark: [[true, true], [false, true]] })).toBe('M0 0h2v1h-2zM1 1h1v1h-1z'))
test('a code has finders in three corners, inside a quiet zone of four modules', () => {
  const { size, dark } = modulesOf('http://weixin.qq.com/q/02abc')
  const finder = (x: number, y: number) => Array.from({ length: 7 }, (_, at) => dark[y]![x + at]).every(Boolean)
  expect(dark).toHaveLength(size)
  expect(dark.slice(0, 4).flat().some(Boolean)).toBe(false)
  expect([finder(4, 4), finder(size - 11, 4), finder(4, size - 5)]).toEqual([true, true, true])
})
