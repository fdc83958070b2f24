import type { Message } from '../contract'
import { fields, type Fields } from './fields'
import { ownPath } from './media'
import { webAddress } from './segments'

/** What a bubble shows, whichever spelling the message used. */
export type Body =
  | { kind: 'text'; text: string }
  | { kind: 'notice'; text: string }
  | { kind: 'image'; src: string | null; media: string }
  | { kind: 'voice'; media: string; heard: string }
  | { kind: 'video'; title: string; description: string; media: string; short: boolean }
  | { kind: 'location'; label: string; latitude: number; longitude: number }
  | { kind: 'link'; title: string; description: string; url: string | null }
  | { kind: 'mini'; title: string; appid: string; path: string; src: string | null }
  | { kind: 'music'; title: string; description: string; url: string | null }
  | { kind: 'news'; articles: Article[] }
  | { kind: 'menu'; head: string; items: { id: string; text: string }[]; tail: string }
  | { kind: 'card'; subscription: boolean; title: string; rows: CardRow[]; url: string | null; mini: { appid: string; path: string } | null }
  | { kind: 'unknown'; type: string; raw: string }
export interface Article { title: string; description: string; url: string | null; src: string | null }
export interface CardRow { label: string; value: string }

/** Reads the WeChat fields of a message: those of pushes and passive replies (`MediaId`) as well as those of sent JSON (`media_id`). */
export function bodyOf(message: Message): Body {
  const of = fields(message.content, message.type)
  if (message.from === 'notice') return { kind: 'notice', text: of.text('content', 'text') }
  const media = of.text('mediaid')
  switch (message.type) {
    case 'text': return { kind: 'text', text: of.text('content', 'text') }
    case 'image': return { kind: 'image', src: ownPath(of.text('mediaurl', 'picurl')), media }
    case 'voice': return { kind: 'voice', media, heard: of.text('recognition') }
    case 'video':
    case 'shortvideo': return { kind: 'video', title: of.text('title'), description: of.text('description'), media, short: message.type === 'shortvideo' }
    case 'location': return { kind: 'location', label: of.text('label'), latitude: of.number('locationx', 'latitude'), longitude: of.number('locationy', 'longitude') }
    case 'link': return { kind: 'link', title: of.text('title'), description: of.text('description'), url: webAddress(of.text('url')) }
    case 'miniprogrampage': return { kind: 'mini', title: of.text('title'), appid: of.text('appid'), path: of.text('pagepath'), src: ownPath(of.text('mediaurl', 'thumburl')) }
    case 'music': return { kind: 'music', title: of.text('title'), description: of.text('description'), url: webAddress(of.text('musicurl', 'hqmusicurl')) }
    case 'news':
    case 'mpnews':
    case 'mpnewsarticle': return { kind: 'news', articles: articles(of) }
    case 'msgmenu': return { kind: 'menu', head: of.text('headcontent'), tail: of.text('tailcontent'), items: of.list('list').map((item) => ({ id: item.text('id'), text: item.text('content') })) }
    case 'template':
    case 'subscribe': return card(of, message.type === 'subscribe' || message.via === 'subscribe')
    default: return { kind: 'unknown', type: message.type, raw: JSON.stringify(message.content, null, 2) }
  }
}

function articles(of: Fields): Article[] {
  const items = of.list('articles')
  return (items.length > 0 ? items : [of]).map((item) => ({
    title: item.text('title'), description: item.text('description', 'digest'), url: webAddress(item.text('url')), src: ownPath(item.text('mediaurl', 'picurl')),
  }))
}

function card(of: Fields, subscription: boolean): Body {
  const rows = of.entries('data').map(([key, value]) => ({ label: labelIn(of.text('example', 'content'), key) ?? key, value: value.text('value') }))
  const mini = of.inner('miniprogram')
  const appid = mini?.text('appid') ?? ''
  const path = mini?.text('pagepath') || of.text('page')
  return { kind: 'card', subscription, title: of.text('title', 'templateid'), rows, url: webAddress(of.text('url')), mini: appid || path ? { appid, path } : null }
}

/** The words before `{{key.DATA}}` in a template's text, such as 支付金额 in `支付金额：{{amount1.DATA}}`. */
function labelIn(template: string, key: string): string | null {
  const line = template.split('\n').find((one) => one.includes(`{{${key}.DATA}}`))
  return line?.split('{{')[0]?.replace(/[：:\s]+$/, '') || null
}
