import { campaigns } from './en/campaigns'
import { channels } from './en/channels'
import { chats } from './en/chats'
import { frame } from './en/frame'
import { identities } from './en/identities'
import { members } from './en/members'
import { money } from './en/money'
import { more } from './en/more'
import { record } from './en/record'
import { referrals } from './en/referrals'
import { shares } from './en/shares'
import { staff } from './en/staff'
import { stores } from './en/stores'
import { today } from './en/today'

import type { SameWords } from '@i18n/index'
import type { zh } from './zh'

export const en: SameWords<typeof zh> = { ...frame, ...today, ...chats, ...members, ...identities, ...campaigns, ...referrals, ...shares, ...channels, ...more, ...money, ...staff, ...stores, ...record }
