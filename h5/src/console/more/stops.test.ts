import { expect, test } from 'vitest'
import { campaignOf, scopeOf } from './stops'

test.each([['all', 'all'], ['merchant:main', { merchant: 'main' }], ['cmp_01', { campaign: 'cmp_01' }], ['campaign:cmp_01', { campaign: 'cmp_01' }]])('%s', (said, scope) => expect(scopeOf(said)).toEqual(scope))

test.each([['all', null], ['merchant:main', null], ['cmp_01', 'cmp_01']])('the campaign of %s', (said, campaign) => expect(campaignOf(said)).toBe(campaign))
