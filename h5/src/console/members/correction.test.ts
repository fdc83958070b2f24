import { expect, test } from 'vitest'
import { corrected } from './correction'

test.each([
  ['more', '120', 1000, { change: 120, after: 1120, below: false }],
  ['fewer', ' 1000 ', 1000, { change: -1000, after: 0, below: false }],
  ['fewer', '1001', 1000, { change: null, after: -1, below: true }],
  ['more', '0', 5, { change: null, after: 5, below: false }],
  ['more', '1.5', 5, { change: null, after: 5, below: false }],
  ['more', '', 5, { change: null, after: 5, below: false }],
] as const)('%s by %j at %i', (way, text, balance, outcome) => expect(corrected(way, text, balance)).toEqual(outcome))
