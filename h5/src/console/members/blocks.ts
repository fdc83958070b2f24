import { defineAsyncComponent, type Component } from 'vue'
import type { IconName } from '@ui/icons'
import type { Of } from '@ui/api/types'
import { may, mayAbout } from '../rights'
import ProfileBlock from './ProfileBlock.vue'
import TimelineBlock from './TimelineBlock.vue'

export type BlockKey = 'profile' | 'timeline' | 'identities' | 'points' | 'rewards' | 'messages' | 'privacy'
export interface MemberBlock { key: BlockKey; icon: IconName; part: Component }

const later = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(load)
const all: (MemberBlock & { open: () => boolean })[] = [
  { key: 'profile', icon: 'user', part: ProfileBlock, open: () => may('counter') },
  { key: 'timeline', icon: 'clock', part: TimelineBlock, open: () => may('members') },
  { key: 'points', icon: 'wallet', part: later(() => import('./PointsBlock.vue')), open: () => may('counter') },
  { key: 'rewards', icon: 'gift', part: later(() => import('./RewardsBlock.vue')), open: () => may('grants') },
  { key: 'identities', icon: 'key', part: later(() => import('./IdentitiesBlock.vue')), open: () => may('identities') },
  { key: 'messages', icon: 'send', part: later(() => import('./MessagesBlock.vue')), open: () => may('members') },
  { key: 'privacy', icon: 'shield', part: later(() => import('./PrivacyBlock.vue')), open: () => may('privacy') || may('operations') },
]

/** The blocks that are open to who is signed in, of a member: of one at the counter who is at home elsewhere those of the counter. */
export const blocks = (member?: Of<'MemberDetail'>): MemberBlock[] => all.filter(({ key, open }) => open() && (!member || mayAbout('members', member) || ['profile', 'points'].includes(key)))
