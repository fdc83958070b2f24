import type { IconName } from '@ui/icons'
import { may, type Right } from '../rights'

export interface Place { key: string; to: string; icon: IconName }
interface Group { key: string; places: Place[] }

const all: { key: string; places: (Place & { right: Right })[] }[] = [
  { key: 'content', places: [
    { key: 'replies', to: '/more/replies', icon: 'robot', right: 'replies' },
    { key: 'canned', to: '/more/canned', icon: 'chat', right: 'replies' },
    { key: 'menus', to: '/more/menus', icon: 'keyboard', right: 'menus' },
    { key: 'pictures', to: '/more/pictures', icon: 'image', right: 'member_data' },
    { key: 'imports', to: '/more/imports', icon: 'upload', right: 'imports' },
    { key: 'channels', to: '/more/channels', icon: 'qr', right: 'channels' },
  ] },
  { key: 'money', places: [
    { key: 'proof', to: '/more/proof', icon: 'shield', right: 'reconciliations' },
    { key: 'payouts', to: '/more/payouts', icon: 'wallet', right: 'payouts' },
    { key: 'stops', to: '/more/stops', icon: 'stop', right: 'brakes' },
  ] },
  { key: 'system', places: [
    { key: 'conflicts', to: '/conflicts', icon: 'swap', right: 'merges' },
    { key: 'stores', to: '/more/stores', icon: 'pin', right: 'stores' },
    { key: 'staff', to: '/more/staff', icon: 'people', right: 'staff' },
    { key: 'record', to: '/more/record', icon: 'list', right: 'audits' },
    { key: 'exports', to: '/more/exports', icon: 'down', right: 'exports' },
    { key: 'jobs', to: '/more/jobs', icon: 'bolt', right: 'operations' },
  ] },
]

/** What stands under More for who is signed in; groups without anything are left out. */
export const places = (): Group[] => all.map(({ key, places: inside }) => ({ key, places: inside.filter(({ right }) => may(right)) })).filter(({ places: inside }) => inside.length > 0)
