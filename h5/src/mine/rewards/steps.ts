import type { Of } from '@ui/api/types'
import type { Tone } from '@ui/Tag.vue'

export type Grant = Of<'OwnGrant'>

/**
 * What the person can do about a grant now: claim it; wait; confirm the transfer; open it in the chat of the official account,
 * or in the mini program; nothing.
 */
export type Step = 'claim' | 'wait' | 'take' | 'chat' | 'mini' | 'none'

export function stepOf({ state, what, can_take, code }: Pick<Grant, 'state' | 'what' | 'can_take' | 'code'>): Step {
  if (state === 'claimable') return 'claim'
  if (state !== 'paying') return 'none'
  if (what === 'transfer') return can_take ? 'take' : 'wait'
  if (what === 'mini_red_packet') return can_take ? 'mini' : 'wait'
  return what === 'red_packet' && code === 'waiting' ? 'chat' : 'wait'
}

/** What wants something of the person, the one that ends first in front. */
export function waiting(grants: Grant[]): Grant[] {
  const ends = ({ claim_until, take_until }: Grant) => take_until ?? claim_until ?? '9'
  return grants.filter((grant) => !['none', 'wait'].includes(stepOf(grant))).sort((a, b) => ends(a).localeCompare(ends(b)))
}

/** How it stands, as its receiver sees it: what is paid and waits for them is not on its way any more. */
export const standing = (grant: Grant): Grant['state'] | 'waiting' => (['take', 'chat', 'mini'].includes(stepOf(grant)) ? 'waiting' : grant.state)

/** Whether the state changes by itself. */
export const moving = (grant: Grant): boolean => stepOf(grant) === 'wait'

const tones: Record<ReturnType<typeof standing>, Tone> = { refused: 'neutral', claimable: 'brand', waiting: 'brand', paying: 'info', given: 'ok', returned: 'neutral', lapsed: 'neutral' }
export const toneOf = (grant: Grant): Tone => tones[standing(grant)]
