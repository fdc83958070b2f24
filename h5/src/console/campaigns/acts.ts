import type { Of } from '../api/types'

export type CampaignAct = 'approve' | 'run' | 'pause' | 'end' | 'kill'

/** What can be done to a campaign in a state by whom; the main act last, under the thumb. */
export function actsOf(state: Of<'CampaignState'>, approvals: boolean, brakes: boolean): CampaignAct[] {
  const acts: [CampaignAct, boolean][] = [
    ['kill', brakes && (state === 'running' || state === 'paused' || state === 'approved')],
    ['end', approvals && (state === 'running' || state === 'paused' || state === 'approved')],
    ['pause', brakes && state === 'running'],
    ['approve', approvals && state === 'draft'],
    ['run', approvals && (state === 'approved' || state === 'paused')],
  ]
  return acts.filter(([, open]) => open).map(([act]) => act)
}

export type ProgramAct = 'run' | 'pause' | 'end'

/** The same for a program of invitations. */
export function programActs(state: Of<'ReferralProgramState'>): ProgramAct[] {
  if (state === 'ended') return []
  return state === 'running' ? ['end', 'pause'] : state === 'draft' ? ['run'] : ['end', 'run']
}
