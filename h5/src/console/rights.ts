import type { Of } from '@ui/api/types'
import { session } from './session'

/**
 * What a role may see. The server decides over every call; this list only keeps staff from doors that are closed to them.
 * The names are those of the server's rights.
 */
const rights = {
  chat: ['clerk', 'manager', 'headquarters'],
  counter: ['clerk', 'manager', 'headquarters'],
  members: ['manager', 'headquarters'],
  member_data: ['manager', 'headquarters'],
  identities: ['manager', 'headquarters'],
  merges: ['headquarters'],
  privacy: ['headquarters'],
  points_adjust: ['manager', 'headquarters'],
  points_books: ['headquarters'],
  campaigns: ['manager', 'headquarters'],
  approvals: ['headquarters'],
  brakes: ['manager', 'headquarters'],
  grants: ['manager', 'headquarters'],
  payouts: ['headquarters'],
  reconciliations: ['headquarters'],
  referrals: ['manager', 'headquarters'],
  guard: ['headquarters'],
  channels: ['manager', 'headquarters'],
  shares: ['manager', 'headquarters'],
  replies: ['manager', 'headquarters'],
  menus: ['manager', 'headquarters'],
  menus_apply: ['headquarters'],
  exports: ['headquarters'],
  imports: ['headquarters'],
  stores: ['headquarters'],
  staff: ['headquarters'],
  audits: ['headquarters'],
  operations: ['headquarters'],
} as const satisfies Record<string, Of<'Role'>[]>

export type Right = keyof typeof rights

/**
 * Whether who is signed in may do this about a member. A customer of another store who stands at the counter is seen masked,
 * and nothing more.
 */
export function mayAbout(right: Right, { member }: Pick<Of<'MemberDetail'>, 'member'>): boolean {
  const own = session.person?.store
  return may(right) && (right === 'counter' || !own || own === member.store)
}

/** Whether who is signed in may enter where `right` is asked for. */
export function may(right: Right): boolean {
  const role = session.person?.role
  return role !== undefined && (rights[right] as readonly Of<'Role'>[]).includes(role)
}
