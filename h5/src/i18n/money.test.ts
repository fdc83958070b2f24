import { expect, test } from 'vitest'
import { yuan } from './money'

test.each([[0, '¥0.00'], [5, '¥0.05'], [123_450, '¥1,234.50'], [-100, '-¥1.00'], [100_000_000_01, '¥100,000,000.01']])('%i fen', (fen, text) => {
  expect(yuan(fen)).toBe(text)
})
