import { expect, test } from 'vitest'
import { fitted } from './shrink'

test.each([[4000, 3000, 2000, 1500], [300, 200, 300, 200], [1, 9000, 1, 2000], [0, 0, 1, 1]])('%i × %i becomes %i × %i', (width, height, wide, high) => expect(fitted(width, height)).toEqual({ width: wide, height: high }))
