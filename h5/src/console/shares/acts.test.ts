import { expect, test } from 'vitest'
import { shareActs } from './acts'

test.each([
  ['draft', true, true, ['end', 'run']], ['running', true, true, ['end', 'pause']], ['paused', true, true, ['end', 'run']], ['ended', true, true, []],
  ['running', false, true, ['pause']], ['draft', false, true, []],
] as const)('%s with approvals %s and brakes %s: %j', (state, approvals, brakes, acts) => expect(shareActs(state, approvals, brakes)).toEqual(acts))
