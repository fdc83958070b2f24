/** The sandbox's control API, `/sandbox/v1`. Times are RFC 3339; ids are opaque, and instants in one format sort as text. */
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
  /** Where pushes go; null while the service's address is not known. */
  callback_url: string | null
  /** The default menu; what a person sees may differ and is in the chat. */
  menu: Menu | null
  followers: number
  quotas: Quota[]
  subscribe_templates: SubscribeTemplate[]
  /** Whether the service's address is on the IP list, and whether its AppSecret is frozen. */
  ip_allowed: boolean
  secret_frozen: boolean
  /** The host that pages may be authorised for, and the open-platform account it is bound to: only then UnionIDs are told. */
  web_domain: string | null
  open_platform: string | null
  /** The fresh EncodingAESKey, only in the answer to `rotate_key`. */
  new_aes_key?: string
}
export type Mode = 'plain' | 'compatible' | 'secure'
export type Format = 'xml' | 'json'

/** Calls of one endpoint today; `limit` null = without limit. */
export interface Quota { path: string; limit: number | null; used: number }

/** A notice that people can subscribe to, as WeChat lists it. */
export interface SubscribeTemplate { priTmplId: string; title: string; example: string }

export interface Menu { button: MenuButton[] }

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
  /** Accounts that have this person on their blacklist, and accounts whose messages this person switched off. */
  blocked_by: string[]
  refuses: string[]
  unread: Record<string, number>
  /** Verified numbers such as `+86 13800000001`, the one bound to WeChat first. */
  phones: string[]
  /** What WeChat thinks of this person, 0 to 4; and whether it blocks logins to mini programs. */
  risk_rank: number
  login_blocked: boolean
}

/** Where the service stands, and which of its calls take the codes of a mini program. */
export interface Service { url: string | null; login_path: string; phone_path: string }

/** `manual_clock` = time stands still until it is moved. */
export interface SandboxState { now: Time; manual_clock: boolean; service: Service; accounts: Account[]; merchants: Merchant[]; people: Person[]; faults: Fault[] }

/**
 * One bubble. `content` holds the fields of `type`, named as in customer-service messages; beside a media id stands the
 * address of the file (`media_url`, `thumb_url`).
 */
export interface Message {
  id: string
  at: Time
  from: 'person' | 'account' | 'notice'
  type: string
  via: null | 'passive' | 'custom' | 'template' | 'subscribe' | 'mass' | 'system' | 'pay'
  content: Record<string, unknown>
}

/** What the account may still send because of one thing the person did; `left` null = without limit. */
export interface Allowance { trigger: string; closes_at: Time; left: number | null }
/** `menu` as this person sees it; `credits` = permits left, by subscription template. */
export interface Chat { messages: Message[]; typing: boolean; window: Allowance[]; menu: Menu | null; credits: Record<string, number> }

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
  recognition?: string
  path?: string
}

/** One call of WeChat to the service, with every attempt. */
export interface Push {
  id: number
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
  /** The fault that struck. */
  fault: string | null
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
  id: number
  at: Time
  method: string
  path: string
  account: string | null
  /** Null when the connection was cut. */
  status: number | null
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
  account?: string | null
  kind: string
  times: number | null
  errcode?: number
  errmsg?: string
  status?: number
  millis?: number
  seconds?: number
  /** Of WeChat Pay: the error code and its text, why something fails late, whether the effect has taken place. */
  code?: string
  text?: string
  reason?: string
  after?: boolean
}
export interface Fault extends NewFault { id: number }

/** A red packet as its receiver sees it; amounts are in fen. `arrival` = where it is found. */
export interface Packet {
  id: number
  merchant: string
  account: string
  person: string
  sender: string
  wishing: string
  activity: string
  amount: number
  state: 'SENDING' | 'SENT' | 'RECEIVED' | 'FAILED' | 'RFUND_ING' | 'REFUND'
  arrival: 'chat' | 'notice' | 'mini'
  at: Time
  lapses_at: Time
  received_at: Time | null
}

/** A merchant transfer as its receiver sees it. `perception` = what it is for. */
export interface Transfer {
  id: number
  merchant: string
  account: string
  person: string
  sender: string
  perception: string
  remark: string
  amount: number
  state: 'ACCEPTED' | 'PROCESSING' | 'WAIT_USER_CONFIRM' | 'TRANSFERING' | 'SUCCESS' | 'FAIL' | 'CANCELING' | 'CANCELLED'
  fail_reason: string | null
  red_packet: boolean
  at: Time
  lapses_at: Time
  updated_at: Time
}

/** Money that arrived, by a packet or a transfer. */
export interface Receipt { at: Time; amount: number; title: string; packet: number | null; transfer: number | null }

/** A person's side of WeChat Pay, newest first. `risk` = why no money comes. */
export interface Wallet { balance: number; receipts: Receipt[]; packets: Packet[]; transfers: Transfer[]; risk: string | null }

/** A merchant of WeChat Pay; `balance` is in fen. */
export interface Merchant { key: string; mchid: string; name: string; mode: 'public_key' | 'certificate' | 'both'; balance: number; frozen: boolean }
export interface MerchantChange { frozen?: boolean; mode?: Merchant['mode']; rotate_certificate?: true }

/** One movement of a merchant's account, in fen. `number` = the merchant's own number. */
export interface Movement { id: string; at: Time; kind: 'top_up' | 'packet' | 'packet_return' | 'transfer' | 'transfer_return'; amount: number; balance: number; number: string; wechat_number: string }

/** What WeChat Pay tells the service, with every attempt; `next_at` = when it is tried again. */
export interface Notification {
  id: number
  merchant: string
  event_type: string
  at: Time
  url: string
  content: Record<string, unknown>
  outcome: 'pending' | 'delivered' | 'failed' | 'lost'
  attempts: { at: Time; status: number | null; answer: string; fault: string | null }[]
  next_at: Time | null
}

/** What a page or mini program hands to `wx.requestMerchantTransfer`. */
export interface TransferCall { mchId: string; appId: string; package: string }

/** A QR code with parameters that an account made; `expires_at` null = permanent. */
export interface Code { ticket: string; url: string; account: string; scene: string; expires_at: Time | null }

/** A card of a mini program that somebody has sent to a friend or a group. */
export interface ShareCard { id: number; account: string; person: string; path: string; title: string; picture: string | null; at: Time }
export interface NewCard { account: string; path: string; title?: string; picture?: string }
/** What a mini program learns when a card is opened. */
export interface Launch { path: string; query: Record<string, string>; scene: number }

/** What a call that causes a push answers; after an expired code the profile of its account instead. */
export interface Caused { push: Push | null }
export interface Scanned extends Caused { profile?: Account }
/** Where a menu button leads besides its push: an address, or a page of a mini program. */
export interface Tapped extends Caused { open?: string | { appid: string; pagepath: string } }

/** What the account settings may change. */
export interface AccountChange { mode?: Mode; format?: Format; callback_url?: string; web_domain?: string; open_platform?: string; rotate_key?: true; ip_allowed?: boolean; secret_frozen?: boolean }

/** What a person changes about who they are. */
export interface PersonChange { phones?: string[]; risk_rank?: number; login_blocked?: boolean }

/** What a tap on the phone button gives a mini program; the old way beside the code is null without a session. */
export interface PhoneTap { code: string; encryptedData: string | null; iv: string | null }

/** What a mini program asks the service, and what it answered; `status` null = nothing answered. */
export interface Asked { method?: string; path: string; body?: unknown; token?: string }
export interface Answered { url: string; status: number | null; answer: string; took_ms: number }

/** What the service made of the test of its address. */
export interface Verified { ok: boolean; status: number | null; answer: string }

/** What `/sandbox/v1/events` tells; the page reads again what changed. */
export type SandboxEvent =
  | { type: 'state' }
  | { type: 'chat'; person: string; account: string }
  | { type: 'wallet'; person: string }
  | { type: 'push'; id: number }
  | { type: 'call'; id: number }
  | { type: 'typing'; person: string; account: string; on: boolean }
