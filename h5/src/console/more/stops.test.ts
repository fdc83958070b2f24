import { expect, test } from 'vitest'
import { scopeOf } from './stops'

test.each([['all', 'all'], ['merchant:main', { merchant: 'main' }], ['cmp_01', { campaign: 'cmp_01' }], ['campaign:cmp_01', { campaign: 'cmp_01' }]])('%s', (said, scope) => expect(scopeOf(said)).toEqual(scope))
