import { expect, test } from 'vitest'
import { best, daysOf, filled } from './counts'

test('a span ends today, as Shanghai has it', () => {
  expect(daysOf('7', new Date('2026-11-22T15:59:00Z'))).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  expect(daysOf('7', new Date('2026-11-22T16:00:00Z'))).toEqual({ from: '2026-11-17', to: '2026-11-23' })
})
test('days that brought nothing are there, too', () => {
  const days = filled([{ day: '2026-10-31', scans: 3, follows: 2 }], { from: '2026-10-30', to: '2026-11-01' })
  expect(days).toEqual([{ day: '2026-10-30', scans: 0, follows: 0 }, { day: '2026-10-31', scans: 3, follows: 2 }, { day: '2026-11-01', scans: 0, follows: 0 }])
})
test('the best day, or none', () => {
  expect(best([{ day: 'a', follows: 1 }, { day: 'b', follows: 4 }, { day: 'c', follows: 4 }])).toBe('b')
  expect([best([{ day: 'a', follows: 0 }]), best([])]).toEqual([null, null])
})
