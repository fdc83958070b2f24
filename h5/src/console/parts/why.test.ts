import { expect, test } from 'vitest'
import { said } from './why'

test.each([
  [null, ''], [{}, ''], [3, '3'], [{ in_a_day: 3, most: null }, 'in a day 3'], [{ from: 'a', to: ['b', 'c'] }, 'from a · to b, c'], [{ at: { hour: 9 } }, 'at hour 9'],
])('%j is said as %j', (value, text) => expect(said(value)).toBe(text))
