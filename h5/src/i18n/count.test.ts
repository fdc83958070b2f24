import { expect, test } from 'vitest'
import { count, signed } from './count'

test.each([[0, '0'], [999, '999'], [1000, '1,000'], [-1_234_567, '-1,234,567']])('%i is read as %s', (value, text) => expect(count(value)).toBe(text))
test.each([[0, '0'], [1200, '+1,200'], [-30, '−30']])('a change of %i is read as %s', (value, text) => expect(signed(value)).toBe(text))
