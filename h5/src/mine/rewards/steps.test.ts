import { expect, test } from 'vitest'
import { moving, standing, stepOf, waiting, type Grant } from './steps'

const grant = (change: Partial<Grant>): Grant => ({ id: 'grt_1', name: '邀请有礼', what: 'transfer', amount: 100, state: 'paying', code: 'paying', reason_zh: '', reason_en: '', can_take: false, created_at: '2026-11-22T00:00:00Z', ...change })

test.each<[Partial<Grant>, string]>([
  [{ state: 'claimable' }, 'claim'],
  [{ state: 'claimable', what: 'red_packet' }, 'claim'],
  [{}, 'wait'],
  [{ can_take: true, code: 'waiting' }, 'take'],
  [{ what: 'mini_red_packet', can_take: true }, 'mini'],
  [{ what: 'red_packet', code: 'waiting' }, 'chat'],
  [{ what: 'red_packet' }, 'wait'],
  [{ what: 'points', state: 'given' }, 'none'],
  [{ state: 'lapsed' }, 'none'],
])('%j asks to %s', (change, step) => expect(stepOf(grant(change))).toBe(step))

test('what waits for the person is in front in the order in which it ends', () => {
  const later = grant({ id: 'grt_2', state: 'claimable', claim_until: '2026-11-25T00:00:00Z' })
  const sooner = grant({ id: 'grt_3', can_take: true, take_until: '2026-11-23T00:00:00Z' })
  const open = grant({ id: 'grt_4', state: 'claimable' })
  expect(waiting([open, later, grant({}), grant({ state: 'given' }), sooner]).map(({ id }) => id)).toEqual(['grt_3', 'grt_2', 'grt_4'])
  expect([moving(grant({})), moving(later)]).toEqual([true, false])
})

test('what is paid and waits for the person is not on its way any more', () => {
  expect([grant({}), grant({ can_take: true }), grant({ what: 'red_packet', code: 'waiting' }), grant({ state: 'claimable' })].map(standing)).toEqual(['paying', 'waiting', 'waiting', 'claimable'])
})
