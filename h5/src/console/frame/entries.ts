import type { IconName } from '@ui/icons'
import { may } from '../rights'

export type EntryKey = 'today' | 'chats' | 'members' | 'campaigns' | 'more'
interface Entry { key: EntryKey; to: string; icon: IconName; also?: string[] }

/** The five places, without those that are closed to who is signed in. */
export function entries(): Entry[] {
  const all: (Entry & { shut?: boolean })[] = [
    { key: 'today', to: '/', icon: 'home' },
    { key: 'chats', to: '/chats', icon: 'chat' },
    { key: 'members', to: '/members', icon: 'people', also: ['/conflicts', '/merges'] },
    { key: 'campaigns', to: '/campaigns', icon: 'gift', also: ['/programs', '/alerts', '/referrals', '/shares', '/share-visits'], shut: !may('campaigns') },
    { key: 'more', to: '/more', icon: 'sliders' },
  ]
  return all.filter(({ shut }) => !shut)
}
