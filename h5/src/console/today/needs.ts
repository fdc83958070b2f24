import type { IconName } from '@ui/icons'
import type { Of } from '@ui/api/types'
import { api, ask } from '../api/client'

/** Something that may wait for staff, and where it is dealt with. */
export interface Need { key: keyof Omit<Of<'Needs'>, 'most'>; icon: IconName; to: string; grave: boolean }
/** How many wait; `more` says that nobody counted further. */
export interface Waiting extends Need { count: number; more: boolean }

const all: Need[] = [
  { key: 'chats', icon: 'chat', to: '/chats', grave: false },
  { key: 'approvals', icon: 'packet', to: '/campaigns', grave: false },
  { key: 'alerts', icon: 'shield', to: '/campaigns?tab=alerts', grave: true },
  { key: 'conflicts', icon: 'swap', to: '/conflicts', grave: false },
  { key: 'review', icon: 'wallet', to: '/more/payouts', grave: true },
  { key: 'mismatches', icon: 'alert', to: '/more/proof', grave: true },
  { key: 'stops', icon: 'stop', to: '/more/stops', grave: true },
  { key: 'pictures', icon: 'image', to: '/more/pictures', grave: false },
  { key: 'exports', icon: 'down', to: '/more/exports', grave: false },
  { key: 'jobs', icon: 'bolt', to: '/more/jobs', grave: true },
]

/** What waits, of what who is signed in may see; the grave ones first. */
export function waitingOf(counted: Of<'Needs'>): Waiting[] {
  const some = all.flatMap((need) => {
    const count = counted[need.key] ?? 0
    return count > 0 ? [{ ...need, count, more: count >= counted.most }] : []
  })
  return some.sort((a, b) => Number(b.grave) - Number(a.grave))
}

export const readNeeds = () => ask(api.GET('/needs', {}))
