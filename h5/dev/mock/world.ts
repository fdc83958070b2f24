import type { Account, Attempt, Call, Chat, Fault, Message, Person, Push, SandboxEvent, Service, Wallet } from '../../src/phone/contract.ts'
import { chatKey } from '../../src/phone/reduce.ts'
import { answerTo } from './brand.ts'
import { emptyWallet, seedMerchants, seedWallet } from './pay.ts'
import { seedAccounts, seedChat, seedCodes, seedPeople } from './seed.ts'

/** The mock's memory, and what happens in it when somebody acts. No encryption and no service: the brand is `brand.ts`. */
export class World {
  private started = Date.now()
  private shift = 0
  private ids = 0
  readonly accounts: Account[] = seedAccounts()
  readonly merchants = seedMerchants()
  readonly people: Person[] = seedPeople()
  readonly codes = seedCodes(new Date())
  readonly faults: Fault[] = []
  readonly pushes: Push[] = []
  readonly calls: Call[] = []
  readonly chats = new Map<string, Chat>([[chatKey('p1', 'tea'), seedChat(new Date())]])
  readonly wallets = new Map<string, Wallet>([['p1', seedWallet(new Date())]])
  readonly service: Service = { url: 'http://127.0.0.1:8080', login_path: '/api/mini/v1/sessions', phone_path: '/api/mini/v1/phone' }
  readonly listeners = new Set<(event: SandboxEvent) => void>()

  /** `later` decides when delayed things happen: tests pass one that does them at once. */
  constructor(readonly manual = false, private readonly later: (what: () => void, ms: number) => void = setTimeout) {}

  number = () => ++this.ids
  now = () => new Date((this.manual ? this.started : Date.now()) + this.shift)
  move = (seconds: number) => { this.shift += seconds * 1000 }
  tell = (event: SandboxEvent) => this.listeners.forEach((listener) => listener(event))

  chat(person: string, account: string): Chat {
    const key = chatKey(person, account)
    const chat = this.chats.get(key) ?? { messages: [], typing: false, window: [], menu: null, credits: {} }
    chat.menu = this.accounts.find((one) => one.key === account)?.menu ?? null
    this.chats.set(key, chat)
    return chat
  }

  wallet(person: string): Wallet {
    const wallet = this.wallets.get(person) ?? emptyWallet()
    this.wallets.set(person, wallet)
    return wallet
  }

  /** Money arrives. */
  receive(person: string, amount: number, title: string, by: { packet: number } | { transfer: number }) {
    const wallet = this.wallet(person)
    wallet.balance += amount
    wallet.receipts.unshift({ at: this.now().toISOString(), amount, title, packet: null, transfer: null, ...by })
    this.tell({ type: 'wallet', person })
  }

  newPerson(name = `新朋友 ${this.people.length + 1}`): Person {
    const person: Person = { id: `p${this.people.length + 1}`, name, avatar: [...name][0] ?? '人', unionid: null, openids: {}, follows: [], blocked_by: [], refuses: [], unread: {}, phones: [`1370000${String(this.people.length + 1).padStart(4, '0')}`].map((number) => `+86 ${number}`), risk_rank: 0, login_blocked: false }
    this.people.push(person)
    this.tell({ type: 'state' })
    return person
  }

  say(person: Person, account: string, message: Omit<Message, 'id' | 'at'>): Message {
    const full = { ...message, id: `m${this.number()}`, at: this.now().toISOString() }
    const chat = this.chat(person.id, account)
    chat.messages = [...chat.messages, full]
    if (message.from === 'account') person.unread[account] = (person.unread[account] ?? 0) + 1
    this.tell({ type: 'chat', person: person.id, account })
    return full
  }

  /** Something that the service is told. It answers a moment later, unless a fault of "callback" is planned. */
  push(kind: string, account: string, person: Person | null, fields: Record<string, unknown>, word = ''): Push {
    if (person && !person.openids[account]) person.openids[account] = `o${account}_${person.id}`
    const xml = Object.entries({ ToUserName: account, FromUserName: person?.openids[account], ...fields }).map(([name, value]) => `<${name}><![CDATA[${String(value)}]]></${name}>`).join('')
    const push: Push = { id: this.number(), at: this.now().toISOString(), account, person: person?.id ?? null, kind, plaintext: `<xml>${xml}</xml>`, mode: this.accounts.find(({ key }) => key === account)?.mode ?? 'plain', outcome: 'pending', attempts: [] }
    this.pushes.unshift(push)
    this.tell({ type: 'push', id: push.id })
    if (person) this.window(person, account, kind)
    this.later(() => this.deliver(push, person, word), 40)
    return push
  }

  deliver(push: Push, person: Person | null, word: string) {
    const failing = this.spend('callback', push.account)
    const reply = answerTo(push.kind, word)
    push.attempts = failing ? [1, 2, 3].map(() => this.attempt(push, null, 'timeout', '5 秒内没有应答')) : [this.attempt(push, reply.passive, reply.passive ? 'replied' : 'acknowledged', reply.passive ? '应答为合法的被动回复' : '应答为 success')]
    push.outcome = failing ? 'failed' : reply.passive ? 'replied' : 'acknowledged'
    this.tell({ type: 'push', id: push.id })
    if (!person) return
    if (failing) this.say(person, push.account, { from: 'notice', type: 'text', via: null, content: { content: '该公众号提供的服务出现故障，请稍后再试' } })
    else if (reply.passive) this.say(person, push.account, { from: 'account', type: 'text', via: 'passive', content: { content: reply.passive } })
    if (reply.later && !failing) this.talk(person, push.account, reply.later)
  }

  /** A customer-service message: typing first, then the call and the bubble. */
  private talk(person: Person, account: string, { type, content }: { type: string; content: Record<string, unknown> }) {
    this.chat(person.id, account).typing = true
    this.tell({ type: 'typing', person: person.id, account, on: true })
    this.later(() => {
      this.chat(person.id, account).typing = false
      this.call('/cgi-bin/message/custom/send', account, { touser: person.openids[account], msgtype: type, [type]: content })
      this.say(person, account, { from: 'account', type, via: 'custom', content })
    }, 900)
  }

  call(path: string, account: string, request: unknown) {
    const fault = this.spend(path, account)
    const errcode = fault ? (fault.errcode ?? -1) : 0
    this.calls.unshift({ id: this.number(), at: this.now().toISOString(), method: 'POST', path, account, status: 200, errcode, rid: fault ? '67f0-2b1c9d' : null, fault: fault?.kind ?? null, request: JSON.stringify(request), answer: JSON.stringify({ errcode, errmsg: errcode ? 'system error' : 'ok' }), took_ms: 23 })
    this.tell({ type: 'call', id: this.calls[0]!.id })
  }

  private attempt(push: Push, reply: string | null, verdict: Attempt['verdict'], why: string): Attempt {
    const replyXml = reply && `<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${reply}]]></Content></xml>`
    const query = 'signature=8d1f0a6c2b&timestamp=1795300000&nonce=1320562132&openid=oTea&encrypt_type=aes&msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3'
    return {
      at: this.now().toISOString(), url: `http://127.0.0.1:8080/wechat/${push.account}/callback?${query}`, body: `<xml><ToUserName><![CDATA[${push.account}]]></ToUserName><Encrypt><![CDATA[${Buffer.from(push.plaintext).toString('base64')}]]></Encrypt></xml>`,
      fault: verdict === 'timeout' ? 'cut_after' : null, status: verdict === 'timeout' ? null : 200, took_ms: verdict === 'timeout' ? 5000 : 31, answer: verdict === 'timeout' ? '' : replyXml ? `<xml><Encrypt><![CDATA[${Buffer.from(replyXml).toString('base64')}]]></Encrypt></xml>` : 'success', reply: replyXml, verdict, why,
    }
  }

  private spend(endpoint: string, account: string): Fault | undefined {
    const fault = this.faults.find((one) => one.endpoint === endpoint && (!one.account || one.account === account))
    if (fault && fault.times !== null && --fault.times === 0) this.faults.splice(this.faults.indexOf(fault), 1)
    if (fault) this.tell({ type: 'state' })
    return fault
  }

  private window(person: Person, account: string, kind: string) {
    const [trigger, left, seconds] = kind.startsWith('event:') ? [kind === 'event:subscribe' ? 'follow' : 'click', 3, 60] as const : ['message', 5, 172_800] as const
    const chat = this.chat(person.id, account)
    chat.window = [{ trigger, left, closes_at: new Date(this.now().getTime() + seconds * 1000).toISOString() }, ...chat.window.filter((one) => one.trigger !== trigger)]
  }
}
