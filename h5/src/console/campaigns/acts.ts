import type { Of } from '@ui/api/types'
import { once } from '@ui/api/transport'
import { api, ask } from '../api/client'

/** What is drafted, run, held and ended here. */
export type Kind = 'campaign' | 'program' | 'share'
export type State = Of<'CampaignState'> | Of<'ReferralProgramState'> | Of<'ShareCampaignState'>
export type Act = 'approve' | 'run' | 'pause' | 'end' | 'kill'

/** What can be done in a state by whom; the main act last, under the thumb. Only a campaign of rewards is approved and killed. */
export function actsOf(kind: Kind, state: State, approvals: boolean, brakes: boolean): Act[] {
  const begun = state === 'running' || state === 'paused' || state === 'approved'
  const rewards = kind === 'campaign'
  const acts: [Act, boolean][] = [
    ['kill', rewards && brakes && begun],
    ['end', approvals && (begun || (!rewards && state === 'draft'))],
    ['pause', brakes && state === 'running'],
    ['approve', rewards && approvals && state === 'draft'],
    ['run', approvals && (state === 'approved' || state === 'paused' || (!rewards && state === 'draft'))],
  ]
  return acts.filter(([, open]) => open).map(([act]) => act)
}

/** Does it, for a reason, to the version that was seen; the kill switch works whatever version it is. */
export function doIt(kind: Kind, act: Act, id: string, version: number, reason: string): Promise<unknown> {
  const params = { path: { id }, header: once }
  const at = { params, body: { reason, version } }
  const sends = {
    campaign: {
      approve: () => ask(api.POST('/campaigns/{id}/approve', at)), run: () => ask(api.POST('/campaigns/{id}/run', at)), pause: () => ask(api.POST('/campaigns/{id}/pause', at)), end: () => ask(api.POST('/campaigns/{id}/end', at)),
      kill: () => ask(api.POST('/campaigns/{id}/kill', { params, body: { reason } })),
    },
    program: { run: () => ask(api.POST('/referral-programs/{id}/run', at)), pause: () => ask(api.POST('/referral-programs/{id}/pause', at)), end: () => ask(api.POST('/referral-programs/{id}/end', at)) },
    share: { run: () => ask(api.POST('/share-campaigns/{id}/run', at)), pause: () => ask(api.POST('/share-campaigns/{id}/pause', at)), end: () => ask(api.POST('/share-campaigns/{id}/end', at)) },
  }
  const send: Partial<Record<Act, () => Promise<unknown>>> = sends[kind]
  return send[act]?.() ?? Promise.reject(new Error(`${kind} knows no ${act}`))
}
