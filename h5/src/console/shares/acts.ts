import type { Of } from '../api/types'

export type ShareAct = 'run' | 'pause' | 'end'

/** What can be done to a share campaign in a state by whom; the main act last, under the thumb. */
export function shareActs(state: Of<'ShareCampaignState'>, approvals: boolean, brakes: boolean): ShareAct[] {
  const acts: [ShareAct, boolean][] = [
    ['end', approvals && state !== 'ended'],
    ['pause', brakes && state === 'running'],
    ['run', approvals && (state === 'draft' || state === 'paused')],
  ]
  return acts.filter(([, open]) => open).map(([act]) => act)
}
