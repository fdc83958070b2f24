import { campaigns } from './zh/campaigns'
import { chats } from './zh/chats'
import { frame } from './zh/frame'
import { identities } from './zh/identities'
import { members } from './zh/members'
import { money } from './zh/money'
import { more } from './zh/more'
import { record } from './zh/record'
import { referrals } from './zh/referrals'
import { staff } from './zh/staff'
import { today } from './zh/today'

export const zh = { ...frame, ...today, ...chats, ...members, ...identities, ...campaigns, ...referrals, ...more, ...money, ...staff, ...record }
