/** The sandbox's control API, `/sandbox/v1`. Times are RFC 3339; ids are opaque. */
export type Time = string

/** An official account or mini program that lives in the sandbox. */
export interface Account {
  key: string
  appid: string
  original_id: string
  name: string
  kind: 'official' | 'mini'
  mode: Mode
  format: Format
  callback_url: string
  menu: { button: MenuButton[] } | null
  followers: number
  quotas: Quota[]
  /** Whether the service may call from its address; absent when the sandbox keeps no such list. */
  ip_allowed?: boolean
}
export type Mode = 'plain' | 'compatible' | 'secure'
export type Format = 'xml' | 'json'

/** Calls of one endpoint today. */
export interface Quota { path: string; limit: number; used: number }

/** A button of the custom menu as the account published it; one with `sub_button` only opens. */
export interface MenuButton {
  name: string
  type?: string
  key?: string
  url?: string
  appid?: string
  pagepath?: string
  sub_button?: MenuButton[]
}

/** Somebody who holds this phone. `openids` and `unread` are by account key. */
export interface Person {
  id: string
  name: string
  avatar: string
  unionid: string | null
  openids: Record<string, string>
  follows: string[]
  blocked_by: string[]
  unread: Record<string, number>
}

/** `clock` manual = time stands still until it is moved; absent means system. */
export interface SandboxState { now: Time; clock?: 'manual' | 'system'; accounts: Account[]; people: Person[]; faults: Fault[] }

/** One bubble. `content` holds the WeChat fields of `type`, in the spelling of the side that sent it. */
export interface Message {
  id: string
  at: Time
  from: 'person' | 'account' | 'notice'
  type: string
  via: null | 'passive' | 'custom' | 'template' | 'subscribe' | 'mass' | 'system'
  content: Record<string, unknown>
}

/** What the account may still send because of one thing the person did; `left` null = without limit. */
export interface Allowance { trigger: string; closes_at: Time; left: number | null }
export interface Chat { messages: Message[]; typing: boolean; window: Allowance[] }

export type SendType = 'text' | 'image' | 'voice' | 'video' | 'shortvideo' | 'location' | 'link' | 'miniprogrampage'
/** What a person sends; which of the fields count depends on `type`. */
export interface Outgoing {
  type: SendType
  text?: string
  latitude?: number
  longitude?: number
  label?: string
  title?: string
  description?: string
  url?: string
  media_id?: string
  path?: string
}

/** One call of WeChat to the service, with every attempt. */
export interface Push {
  id: string
  at: Time
  account: string
  person: string | null
  kind: string
  plaintext: string
  mode: Mode
  outcome: 'pending' | 'replied' | 'acknowledged' | 'failed'
  attempts: Attempt[]
}
export interface Attempt {
  at: Time
  url: string
  body: string
  status: number | null
  took_ms: number
  answer: string
  /** The reply after decryption; null when there was none. */
  reply: string | null
  verdict: Verdict
  why: string
}
export type Verdict = 'replied' | 'acknowledged' | 'timeout' | 'refused' | 'invalid' | 'unreachable'

/** One call of the service to WeChat. `rid` is what WeChat support would ask for; `fault` the kind that was played. */
export interface Call {
  id: string
  at: Time
  method: string
  path: string
  account: string | null
  status: number
  errcode: number | null
  rid: string | null
  fault: string | null
  request: string
  answer: string
  took_ms: number
}

/** A planned misfortune of an endpoint (its path) or of pushes ("callback"); `times` null = until removed. */
export interface NewFault {
  endpoint: string
  account?: string
  kind: string
  times: number | null
  errcode?: number
  errmsg?: string
  status?: number
  millis?: number
  seconds?: number
}
export interface Fault extends NewFault { id: string }

/** A QR code with parameters that an account made; `expires_at` null = permanent. */
export interface Code { ticket: string; url: string; account: string; scene: string; expires_at: Time | null }

/** What a call that causes a push answers; `push` may be the whole push or its id. */
export interface Caused { push: Push | string | null }
export interface Scanned extends Caused { profile?: string }
/** Where a menu button leads besides its push: an address, or a page of a mini program. */
export interface Tapped extends Caused { open?: string | { url?: string; appid?: string; pagepath?: string; page?: string } }

/** What the account settings may change. */
export interface AccountChange { mode?: Mode; format?: Format; callback_url?: string; rotate_key?: true; ip_allowed?: boolean; secret?: string }

/** What `/sandbox/v1/events` tells; the page reads again what changed. */
export type SandboxEvent =
  | { type: 'state' }
  | { type: 'chat'; person: string; account: string }
  | { type: 'push'; id: string }
  | { type: 'call'; id: string }
  | { type: 'typing'; person: string; account: string; on: boolean }
