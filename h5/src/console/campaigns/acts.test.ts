import { expect, test } from 'vitest'
import { actsOf, doIt } from './acts'

test.each([
  ['draft', true, ['approve']], ['approved', true, ['kill', 'end', 'run']], ['running', true, ['kill', 'end', 'pause']], ['paused', true, ['kill', 'end', 'run']], ['ended', true, []],
  ['draft', false, []], ['approved', false, ['kill']], ['running', false, ['kill', 'pause']], ['paused', false, ['kill']],
] as const)('a campaign that is %s, with approvals %s: %j', (state, approvals, acts) => expect(actsOf('campaign', state, approvals, true)).toEqual(acts))

test.each([
  ['draft', true, true, ['end', 'run']], ['running', true, true, ['end', 'pause']], ['paused', true, true, ['end', 'run']], ['ended', true, true, []],
  ['running', false, true, ['pause']], ['draft', false, true, []], ['running', false, false, []],
] as const)('a program or share campaign that is %s, with approvals %s and brakes %s: %j', (state, approvals, brakes, acts) => {
  for (const kind of ['program', 'share'] as const) expect(actsOf(kind, state, approvals, brakes)).toEqual(acts)
})

test('what a kind does not know is not sent', async () => {
  await expect(doIt('share', 'kill', 'shc_1', 1, 'x')).rejects.toThrow('share knows no kill')
})
