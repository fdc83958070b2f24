import type { IconName } from '@ui/icons'
import { api, ask } from '../api/client'
import { may, type Right } from '../rights'

/** Something that may wait for staff: how it is counted, and where it is dealt with. */
export interface Need { key: string; icon: IconName; to: string; grave: boolean; count: () => Promise<Counted> }
export interface Counted { count: number; more: boolean }

const limit = 100
const length = (page: { items: unknown[]; next?: string | null }): Counted => ({ count: page.items.length, more: Boolean(page.next) })
const of = (count: number): Counted => ({ count, more: false })

const all: (Need & { right: Right })[] = [
  { key: 'chats', right: 'chat', icon: 'chat', to: '/chats', grave: false, count: async () => {
    const page = await ask(api.GET('/conversations', { params: { query: { limit } } }))
    return { count: page.items.filter(({ unread }) => unread > 0).length, more: false }
  } },
  { key: 'approvals', right: 'approvals', icon: 'packet', to: '/campaigns', grave: false, count: async () => length(await ask(api.GET('/campaigns', { params: { query: { state: 'draft', limit } } }))) },
  { key: 'alerts', right: 'referrals', icon: 'shield', to: '/campaigns?tab=alerts', grave: true, count: async () => length(await ask(api.GET('/referral-alerts', { params: { query: { state: 'open', limit } } }))) },
  { key: 'conflicts', right: 'identities', icon: 'swap', to: '/conflicts', grave: false, count: async () => length(await ask(api.GET('/conflicts', { params: { query: { state: 'open', limit } } }))) },
  { key: 'review', right: 'payouts', icon: 'wallet', to: '/more/payouts', grave: true, count: async () => length(await ask(api.GET('/payouts', { params: { query: { review: true, limit } } }))) },
  { key: 'mismatches', right: 'reconciliations', icon: 'alert', to: '/more/proof', grave: true, count: async () => length(await ask(api.GET('/reconciliations', { params: { query: { state: 'different', limit } } }))) },
  { key: 'stops', right: 'brakes', icon: 'stop', to: '/more/stops', grave: true, count: async () => of((await ask(api.GET('/payout-stops', {}))).length) },
  { key: 'pictures', right: 'member_data', icon: 'image', to: '/more/pictures', grave: false, count: async () => of((await ask(api.GET('/pictures', {}))).length) },
  { key: 'jobs', right: 'operations', icon: 'bolt', to: '/more/jobs', grave: true, count: async () => length(await ask(api.GET('/jobs/parked', { params: { query: { limit } } }))) },
]

/** What can wait for who is signed in. */
export const needs = (): Need[] => all.filter(({ right }) => may(right))
