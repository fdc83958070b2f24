import { expect, test, vi } from 'vitest'
import { roving } from './roving'

const press = (key: string, at: number, count: number) => {
  const preventDefault = vi.fn()
  return { to: roving({ key, preventDefault }, at, count), stopped: preventDefault.mock.calls.length === 1 }
}

test.each([
  ['ArrowRight', 0, 1], ['ArrowDown', 2, 0], ['ArrowLeft', 0, 2], ['ArrowUp', 1, 0], ['Home', 2, 0], ['End', 0, 2],
])('%s from %i of three leads to %i', (key, at, to) => {
  expect(press(key, at, 3)).toEqual({ to, stopped: true })
})

test('other keys, and an empty row, are left alone', () => {
  expect(press('a', 0, 3)).toEqual({ to: null, stopped: false })
  expect(press('ArrowRight', 0, 0)).toEqual({ to: null, stopped: false })
})
