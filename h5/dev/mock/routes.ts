import type { AccountChange, Fault, NewFault, Outgoing, Person } from '../../src/phone/contract.ts'
import { buttonAt } from '../../src/phone/reduce.ts'
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

/** What WeChat calls the fields of what a person sends. */
const sent = ({ type, ...m }: Outgoing): Body => ({
  text: { Content: m.text }, location: { Location_X: m.latitude, Location_Y: m.longitude, Scale: 16, Label: m.label }, link: { Title: m.title, Description: m.description, Url: m.url },
  miniprogrampage: { Title: m.title, PagePath: m.path }, image: { MediaId: 'm_new' }, voice: { MediaId: 'm_new', Format: 'amr' }, video: { MediaId: 'm_new' }, shortvideo: { MediaId: 'm_new' },
}[type])

export const routes: [method: string, path: RegExp, handler: Handler][] = [
  ['GET', /^state$/, (w) => ({ now: w.now(), clock: w.manual ? 'manual' : 'system', accounts: w.accounts, people: w.people, faults: w.faults })],
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
    if (code.expires_at && Date.parse(code.expires_at) < w.now().getTime()) return { push: null, profile: code.account }
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
    const button = buttonAt(of, body['button'] as number[]) ?? refuse(422, 'no such button')
    const event = (name: string, EventKey = '') => w.push(`event:${name}`, of.key, one, { MsgType: 'event', Event: name, EventKey }, button.key ?? '')
    if (button.type === 'view') return { push: event('VIEW', button.url), open: button.url }
    if (button.type === 'miniprogram') return { push: event('view_miniprogram', button.pagepath), open: button.pagepath }
    return { push: event(button.type === 'click' ? 'CLICK' : (button.type ?? ''), button.key) }
  }],
  ['POST', /^people\/([^/]+)\/choose$/, (w, [id], body) => {
    const one = person(w, id)
    const { key } = account(w, body['account'])
    const message = w.chat(one.id, key).messages.find((each) => each.id === body['message_id']) ?? refuse(404, 'no such message')
    const menu = message.content['msgmenu'] as { list: { id: string; content: string }[] }
    const item = menu.list.find((each) => each.id === body['item_id']) ?? refuse(422, 'no such item')
    w.say(one, key, { from: 'person', type: 'text', via: null, content: { Content: item.content } })
    return { push: w.push('text', key, one, { MsgType: 'text', Content: item.content, bizmsgmenuid: item.id }) }
  }],
  ['POST', /^people\/([^/]+)\/subscribe$/, (w, [id], body) => ({ push: w.push('event:subscribe_msg_popup_event', account(w, body['account']).key, person(w, id), { MsgType: 'event', Event: 'subscribe_msg_popup_event' }) })],
  ['POST', /^people\/([^/]+)\/read$/, (w, [id], body) => {
    delete person(w, id).unread[String(body['account'])]
    w.tell({ type: 'state' })
    return {}
  }],
  ['POST', /^pushes\/release$/, () => ({})],
  ['POST', /^pushes\/([^/]+)\/again$/, (w, [id]) => {
    const push = w.pushes.find((one) => one.id === id) ?? refuse(404, 'no such push')
    w.deliver(push, w.people.find((one) => one.id === push.person) ?? null, '')
    return { push }
  }],
  ['POST', /^faults$/, (w, _, body) => {
    const fault: Fault = { ...(body as unknown as NewFault), id: w.id('fault') }
    w.faults.push(fault)
    w.tell({ type: 'state' })
    return fault
  }],
  ['DELETE', /^faults(?:\/([^/]+))?$/, (w, [id]) => {
    const kept = id ? w.faults.filter((one) => one.id !== id) : []
    w.faults.splice(0, w.faults.length, ...kept)
    w.tell({ type: 'state' })
    return {}
  }],
  ['PATCH', /^accounts\/([^/]+)$/, (w, [key], body) => {
    const of = account(w, key)
    const { rotate_key: _rotate, secret: _secret, ...change } = body as AccountChange
    w.tell({ type: 'state' })
    return Object.assign(of, change)
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
