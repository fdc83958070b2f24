import type { Account, AccountChange, Answered, Asked, Call, Caused, Chat, Code, Fault, Launch, Merchant, MerchantChange, Movement, NewCard, NewFault, Notification, Outgoing, Packet, Person, PersonChange, PhoneTap, Push, SandboxState, Scanned, Service, ShareCard, Tapped, Transfer, TransferCall, Verified, Wallet } from './contract'

/** A call that did not work: `status` 0 = the sandbox could not be reached. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message)
  }
}

const patience = 20_000
const path = (...parts: (string | number)[]) => parts.map(encodeURIComponent).join('/')

/**
 * The control API as functions, one for each call of the contract. Calls that cause a push return at once
 * (`wait=false`); what came of it arrives through the events.
 */
export function createApi(base = '') {
  async function call<T>(method: string, at: string, body?: unknown): Promise<T> {
    let answer: Response
    try {
      answer = await fetch(`${base}/sandbox/v1/${at}`, {
        method,
        signal: AbortSignal.timeout(patience),
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ApiError(0, cause instanceof Error ? cause.message : String(cause))
    }
    const text = await answer.text()
    if (answer.ok) return (text ? JSON.parse(text) : null) as T
    throw new ApiError(answer.status, errorOf(text) ?? `HTTP ${answer.status}`)
  }
  const act = <T = Caused>(at: string, body: unknown) => call<T>('POST', `${at}?wait=false`, body)

  return {
    state: () => call<SandboxState>('GET', 'state'),
    newPerson: (name?: string) => call<Person>('POST', 'people', name ? { name } : {}),
    follow: (person: string, account: string) => act(path('people', person, 'follow'), { account }),
    unfollow: (person: string, account: string) => act(path('people', person, 'unfollow'), { account }),
    scan: (person: string, code: string) => act<Scanned>(path('people', person, 'scan'), { code }),
    send: (person: string, account: string, message: Outgoing) => act(path('people', person, 'send'), { account, ...message }),
    tap: (person: string, account: string, button: number[], result?: string) => act<Tapped>(path('people', person, 'tap'), { account, button, ...(result && { result }) }),
    choose: (person: string, account: string, message_id: string, item_id: string) => act(path('people', person, 'choose'), { account, message_id, item_id }),
    subscribe: (person: string, account: string, template_id: string, accept: boolean) => act(path('people', person, 'subscribe'), { account, template_id, accept }),
    /** Opens the customer-service session of a mini program. */
    enter: (person: string, account: string) => act(path('people', person, 'enter'), { account }),
    pay: (person: string, account: string) => call<unknown>('POST', path('people', person, 'pay'), { account }),
    refuse: (person: string, account: string, refuse: boolean) => call<Person>('POST', path('people', person, 'refuse'), { account, refuse }),
    bindUnion: (person: string, bound: boolean) => call<Person>('POST', path('people', person, 'union'), { bound }),
    read: (person: string, account: string) => call<unknown>('POST', path('people', person, 'read'), { account }),
    chat: (person: string, account: string) => call<Chat>('GET', path('people', person, 'chats', account)),
    changePerson: (person: string, change: PersonChange) => call<Person>('PATCH', path('people', person), change),
    /** `wx.login`: a new session; the code is for the service. */
    login: (person: string, account: string) => call<{ code: string }>('POST', path('people', person, 'login'), { account }).then((answer) => answer.code),
    tapPhone: (person: string, account: string, number: string) => call<PhoneTap>('POST', path('people', person, 'phone'), { account, number }),
    /** `wx.request`: made by the sandbox, so that no rule about origins applies. */
    ask: (asked: Asked) => call<Answered>('POST', 'requests', asked),
    shares: () => call<{ shares: ShareCard[] }>('GET', 'shares').then((answer) => answer.shares),
    /** `onShareAppMessage`: a card is sent; nobody is told. */
    share: (person: string, card: NewCard) => call<ShareCard>('POST', path('people', person, 'share'), card),
    /** Somebody opens a card; what the mini program learns. */
    openShare: (person: string, card: number, from: 'chat' | 'group') => call<Launch>('POST', path('people', person, 'shares', card, 'open'), { from }),
    wallet: (person: string) => call<Wallet>('GET', path('people', person, 'wallet')),
    openPacket: (person: string, packet: number) => call<Packet>('POST', path('people', person, 'packets', packet, 'open')),
    /** `wx.requestMerchantTransfer`: the transfer whose page opens. */
    transferPage: (person: string, asked: TransferCall) => call<Transfer>('POST', path('people', person, 'transfer-page'), asked),
    confirmTransfer: (person: string, transfer: number) => call<Transfer>('POST', path('people', person, 'transfers', transfer, 'confirm')),
    closeTransfer: (person: string, transfer: number) => call<Transfer>('POST', path('people', person, 'transfers', transfer, 'close')),
    /** `reason` null: money comes again. */
    setRisk: (person: string, reason: string | null) => call<Wallet>('PUT', path('people', person, 'risk'), { reason }),
    changeMerchant: (merchant: string, change: MerchantChange) => call<Merchant>('PATCH', path('merchants', merchant), change),
    topUp: (merchant: string, amount: number) => call<Merchant>('POST', path('merchants', merchant, 'top-up'), { amount }),
    ledger: (merchant: string) => call<{ movements: Movement[] }>('GET', path('merchants', merchant, 'ledger')).then((answer) => answer.movements),
    notifications: (merchant: string) => call<{ notifications: Notification[] }>('GET', `notifications?merchant=${encodeURIComponent(merchant)}`).then((answer) => answer.notifications),
    notifyAgain: (notification: number) => call<Notification>('POST', path('notifications', notification, 'again'), {}),
    changeService: (change: Partial<Service>) => call<Service>('PATCH', 'service', change),
    /** Where a browser opens an address as this person. */
    openUrl: (person: string, url: string) => `${base}/sandbox/v1/${path('people', person, 'open')}?url=${encodeURIComponent(url)}`,
    codes: () => call<{ codes: Code[] }>('GET', 'codes').then((answer) => answer.codes),

    pushes: (limit: number) => call<{ pushes: Push[] }>('GET', `pushes?limit=${limit}`).then((answer) => answer.pushes),
    again: (push: number) => act(path('pushes', push, 'again'), {}),
    release: (order: 'as_sent' | 'reversed' | 'shuffled') => act('pushes/release', { order }),
    calls: (limit: number) => call<{ calls: Call[] }>('GET', `calls?limit=${limit}`).then((answer) => answer.calls),
    addFault: (fault: NewFault) => call<Fault>('POST', 'faults', fault),
    removeFault: (id: number) => call<unknown>('DELETE', path('faults', id)),
    removeFaults: () => call<unknown>('DELETE', 'faults'),
    changeAccount: (account: string, change: AccountChange) => call<Account>('PATCH', path('accounts', account), change),
    verify: (account: string) => call<Verified>('POST', path('accounts', account, 'verify'), {}),
    pushByHand: (account: string, message: unknown, person?: string) => act(path('accounts', account, 'push'), { message, ...(person && { person }) }),
    invalidateToken: (account: string) => call<unknown>('POST', path('tokens', account, 'invalidate'), {}),
    advance: (seconds: number) => call<unknown>('POST', 'clock/advance', { seconds }),
    eventsUrl: `${base}/sandbox/v1/events`,
  }
}
export type Api = ReturnType<typeof createApi>

function errorOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    return body && typeof body === 'object' && 'error' in body ? String(body.error) : null
  } catch {
    return null
  }
}
