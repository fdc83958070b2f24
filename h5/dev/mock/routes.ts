import type { AccountChange, Asked, Fault, NewFault, Outgoing, Person } from '../../src/phone/contract.ts'
import { buttonAt } from '../../src/phone/reduce.ts'
import { seedMovements, seedNotifications, seedPackage } from './pay.ts'
import type { World } from './world.ts'

/** A refusal with the status that the sandbox would give. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message)
  }
}

type Body = Record<string, unknown>
type Handler = (world: World, parts: string[], body: Body, query: URLSearchParams) => unknown

const person = (world: World, id = ''): Person => world.people.find((one) => one.id === id) ?? refuse(404, `no person ${id}`)
const account = (world: World, key: unknown) => world.accounts.find((one) => one.key === key) ?? refuse(404, `no account ${String(key)}`)
function refuse(status: number, why: string): never {
  throw new Refused(status, why)
}

const medium = { media_id: 'm_new', media_url: '/sandbox/v1/media/m_new' }
/** What stands in the chat when a person sends this. */
const sent = ({ type, ...m }: Outgoing): Body => ({
  text: { content: m.text }, location: { latitude: String(m.latitude), longitude: String(m.longitude), scale: 16, label: m.label }, link: { title: m.title, description: m.description, url: m.url },
  miniprogrampage: { title: m.title, pagepath: m.path }, image: medium, voice: medium, video: medium, shortvideo: medium,
}[type])

export const routes: [method: string, path: RegExp, handler: Handler][] = [
  ['GET', /^state$/, (w) => ({ now: w.now(), manual_clock: w.manual, service: w.service, accounts: w.accounts, merchants: w.merchants, people: w.people, faults: w.faults })],
  ['GET', /^codes$/, (w) => ({ codes: w.codes })],
  ['GET', /^pushes$/, (w, _, __, q) => ({ pushes: w.pushes.slice(0, Number(q.get('limit') ?? 50)) })],
  ['GET', /^calls$/, (w, _, __, q) => ({ calls: w.calls.slice(0, Number(q.get('limit') ?? 50)) })],
  ['POST', /^people$/, (w, _, body) => w.newPerson(body['name'] as string | undefined)],
  ['GET', /^people\/([^/]+)\/chats\/([^/]+)$/, (w, [id = '', key = '']) => w.chat(person(w, id).id, account(w, key).key)],
  ['POST', /^people\/([^/]+)\/follow$/, (w, [id], body) => {
    const one = person(w, id)
    const { key } = account(w, body['account'])
    if (!one.follows.includes(key)) one.follows = [...one.follows, key]
    w.tell({ type: 'state' })
    return { push: w.push('event:subscribe', key, one, { MsgType: 'event', Event: 'subscribe' }) }
  }],
  ['POST', /^people\/([^/]+)\/unfollow$/, (w, [id], body) => {
    const one = person(w, id)
    one.follows = one.follows.filter((key) => key !== body['account'])
    w.tell({ type: 'state' })
    return { push: w.push('event:unsubscribe', account(w, body['account']).key, one, { MsgType: 'event', Event: 'unsubscribe' }) }
  }],
  ['POST', /^people\/([^/]+)\/scan$/, (w, [id], body) => {
    const one = person(w, id)
    const code = w.codes.find(({ ticket, url }) => ticket === body['code'] || url === body['code']) ?? refuse(422, 'unknown code')
    if (code.expires_at && Date.parse(code.expires_at) < w.now().getTime()) return { push: null, profile: account(w, code.account) }
    const known = one.follows.includes(code.account)
    if (!known) one.follows = [...one.follows, code.account]
    w.tell({ type: 'state' })
    return { push: w.push(known ? 'event:SCAN' : 'event:subscribe', code.account, one, { MsgType: 'event', Event: known ? 'SCAN' : 'subscribe', EventKey: known ? code.scene : `qrscene_${code.scene}`, Ticket: code.ticket }) }
  }],
  ['POST', /^people\/([^/]+)\/send$/, (w, [id], body) => {
    const one = person(w, id)
    const { key } = account(w, body['account'])
    const content = sent(body as unknown as Outgoing)
    const type = String(body['type'])
    return { message: w.say(one, key, { from: 'person', type, via: null, content }), push: w.push(type, key, one, { MsgType: type, ...content, MsgId: 7_412_000_000 }, String(body['text'] ?? '')) }
  }],
  ['POST', /^people\/([^/]+)\/tap$/, (w, [id], body) => {
    const one = person(w, id)
    const of = account(w, body['account'])
    const button = buttonAt(of.menu, body['button'] as number[]) ?? refuse(422, 'no such button')
    const event = (name: string, EventKey = '') => w.push(`event:${name}`, of.key, one, { MsgType: 'event', Event: name, EventKey }, button.key ?? '')
    if (button.type === 'view') return { push: event('VIEW', button.url), open: button.url }
    if (button.type === 'miniprogram') return { push: event('view_miniprogram', button.pagepath), open: { appid: button.appid, pagepath: button.pagepath } }
    return { push: event(button.type === 'click' ? 'CLICK' : (button.type ?? ''), button.key) }
  }],
  ['POST', /^people\/([^/]+)\/choose$/, (w, [id], body) => {
    const one = person(w, id)
    const { key } = account(w, body['account'])
    const message = w.chat(one.id, key).messages.find((each) => each.id === body['message_id']) ?? refuse(404, 'no such message')
    const { list } = message.content as { list: { id: string; content: string }[] }
    const item = list.find((each) => each.id === body['item_id']) ?? refuse(422, 'no such item')
    w.say(one, key, { from: 'person', type: 'text', via: null, content: { content: item.content } })
    return { push: w.push('text', key, one, { MsgType: 'text', Content: item.content, bizmsgmenuid: item.id }) }
  }],
  ['POST', /^people\/([^/]+)\/(?:enter|pay)$/, () => ({})],
  ['POST', /^people\/([^/]+)\/refuse$/, (w, [id], body) => {
    const one = person(w, id)
    one.refuses = one.refuses.filter((key) => key !== body['account']).concat(body['refuse'] ? [String(body['account'])] : [])
    return one
  }],
  ['POST', /^people\/([^/]+)\/union$/, (w, [id], body) => Object.assign(person(w, id), { unionid: body['bound'] ? `oU_${id}` : null })],
  ['PATCH', /^people\/([^/]+)$/, (w, [id], body) => Object.assign(person(w, id), body)],
  ['POST', /^people\/([^/]+)\/login$/, (w, [id], body) => ({ code: `0login-${person(w, id).id}-${account(w, body['account']).key}` })],
  ['POST', /^people\/([^/]+)\/phone$/, (w, [id], body) => {
    const one = person(w, id)
    const number = String(body['number'])
    if (!/^(1\d{10}|\+\d{1,3}[ -]\d{4,12})$/.test(number)) refuse(422, 'a phone number is 11 digits of China, or +852 91234567')
    const full = number.startsWith('+') ? number : `+86 ${number}`
    if (!one.phones.includes(full)) one.phones = [...one.phones, full]
    w.tell({ type: 'state' })
    return { code: `0phone-${one.id}`, encryptedData: null, iv: null }
  }],
  ['POST', /^requests$/, (w, _, body) => {
    const { path, token } = body as unknown as Asked
    const login = path === w.service.login_path
    const answer = login ? { token: 'mock.session', expires_in: 7200 } : token ? { phone: '138****0001' } : { code: 'unauthorized', title: 'Please sign in' }
    return { url: `${w.service.url}${path}`, status: login ? 201 : token ? 200 : 401, answer: JSON.stringify(answer), took_ms: 12 }
  }],
  ['PATCH', /^service$/, (w, _, body) => {
    w.tell({ type: 'state' })
    return Object.assign(w.service, body)
  }],
  ['POST', /^accounts\/([^/]+)\/verify$/, () => ({ ok: true, status: 200, answer: '8812' })],
  ['POST', /^people\/([^/]+)\/subscribe$/, (w, [id], body) => ({ push: w.push('event:subscribe_msg_popup_event', account(w, body['account']).key, person(w, id), { MsgType: 'event', Event: 'subscribe_msg_popup_event' }) })],
  ['POST', /^people\/([^/]+)\/read$/, (w, [id], body) => {
    delete person(w, id).unread[String(body['account'])]
    w.tell({ type: 'state' })
    return {}
  }],
  ['GET', /^people\/([^/]+)\/wallet$/, (w, [id]) => w.wallet(person(w, id).id)],
  ['PATCH', /^merchants\/([^/]+)$/, (w, [key], body) => Object.assign(w.merchants.find((one) => one.key === key) ?? refuse(404, 'no such merchant'), body)],
  ['POST', /^merchants\/([^/]+)\/top-up$/, (w, [key], body) => {
    const merchant = w.merchants.find((one) => one.key === key) ?? refuse(404, 'no such merchant')
    merchant.balance += Number(body['amount'])
    w.tell({ type: 'state' })
    return merchant
  }],
  ['GET', /^merchants\/([^/]+)\/ledger$/, (w) => ({ movements: seedMovements(w.now()) })],
  ['GET', /^notifications$/, (w) => ({ notifications: seedNotifications(w.now()) })],
  ['POST', /^notifications\/([^/]+)\/again$/, (w) => seedNotifications(w.now())[0]],
  ['PUT', /^people\/([^/]+)\/risk$/, (w, [id], body) => Object.assign(w.wallet(person(w, id).id), { risk: body['reason'] ?? null })],
  ['POST', /^people\/([^/]+)\/packets\/([^/]+)\/open$/, (w, [id = '', number]) => {
    const packet = w.wallet(id).packets.find((one) => one.id === Number(number)) ?? refuse(404, 'no such packet')
    if (packet.state !== 'SENT') refuse(409, 'the packet cannot be opened')
    Object.assign(packet, { state: 'RECEIVED', received_at: w.now().toISOString() })
    w.receive(id, packet.amount, packet.sender, { packet: packet.id })
    return packet
  }],
  ['POST', /^people\/([^/]+)\/transfer-page$/, (w, [id = ''], body) => (body['package'] === seedPackage && w.wallet(id).transfers[0]) || refuse(422, 'requestMerchantTransfer:fail')],
  ['POST', /^people\/([^/]+)\/transfers\/([^/]+)\/(confirm|close)$/, (w, [id = '', number, act]) => {
    const transfer = w.wallet(id).transfers.find((one) => one.id === Number(number)) ?? refuse(404, 'no such transfer')
    if (act === 'confirm') {
      transfer.state = 'SUCCESS'
      w.receive(id, transfer.amount, transfer.sender, { transfer: transfer.id })
    }
    return transfer
  }],
  ['POST', /^pushes\/release$/, () => ({})],
  ['POST', /^pushes\/([^/]+)\/again$/, (w, [id]) => {
    const push = w.pushes.find((one) => one.id === Number(id)) ?? refuse(404, 'no such push')
    w.deliver(push, w.people.find((one) => one.id === push.person) ?? null, '')
    return { push }
  }],
  ['POST', /^faults$/, (w, _, body) => {
    const fault: Fault = { ...(body as unknown as NewFault), id: w.number() }
    w.faults.push(fault)
    w.tell({ type: 'state' })
    return fault
  }],
  ['DELETE', /^faults(?:\/([^/]+))?$/, (w, [id]) => {
    const kept = id ? w.faults.filter((one) => one.id !== Number(id)) : []
    w.faults.splice(0, w.faults.length, ...kept)
    w.tell({ type: 'state' })
    return {}
  }],
  ['PATCH', /^accounts\/([^/]+)$/, (w, [key], body) => {
    const of = account(w, key)
    const { rotate_key, open_platform, ...change } = body as AccountChange
    w.tell({ type: 'state' })
    if (open_platform !== undefined) of.open_platform = open_platform || null
    return { ...Object.assign(of, change), ...(rotate_key && { new_aes_key: 'k'.repeat(43) }) }
  }],
  ['POST', /^accounts\/([^/]+)\/push$/, (w, [key], body) => {
    const message = body['message'] as Body
    return { push: w.push(`event:${String(message['Event'])}`, account(w, key).key, w.people.find(({ id }) => id === body['person']) ?? null, message) }
  }],
  ['POST', /^tokens\/([^/]+)\/invalidate$/, (w, [key]) => {
    w.call('/cgi-bin/stable_token', account(w, key).key, { grant_type: 'client_credential', secret: '***' })
    return {}
  }],
  ['POST', /^clock\/advance$/, (w, _, body) => {
    if (!w.manual) refuse(409, 'the clock is not manual')
    w.move(Number(body['seconds']))
    w.tell({ type: 'state' })
    return {}
  }],
]
