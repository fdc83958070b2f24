import type { Message } from '../contract'
import { fields, type Fields } from './fields'
import { ownPath } from './media'
import { webAddress } from './segments'

/** What a bubble shows. Addresses are checked: `url` leads to the web, `src` to a file of the sandbox itself. */
export type Body =
  | { kind: 'text'; text: string }
  | { kind: 'notice'; text: string }
  | { kind: 'image'; src: string | null }
  | { kind: 'voice'; src: string | null; heard: string }
  | { kind: 'video'; src: string | null; cover: string | null; title: string; description: string; short: boolean }
  | { kind: 'location'; label: string; latitude: number; longitude: number }
  | { kind: 'link'; title: string; description: string; url: string | null }
  | { kind: 'mini'; title: string; appid: string; path: string; src: string | null }
  | { kind: 'music'; title: string; description: string; url: string | null }
  | { kind: 'news'; articles: Article[] }
  | { kind: 'menu'; head: string; items: { id: string; text: string }[]; tail: string }
  | { kind: 'card'; subscription: boolean; title: string; rows: CardRow[]; url: string | null; mini: { appid: string; path: string } | null }
  | { kind: 'packet'; packet: number; sender: string; wishing: string }
  | { kind: 'unknown'; type: string; raw: string }
export interface Article { title: string; description: string; url: string | null; src: string | null }
export interface CardRow { label: string; value: string }

/** Reads the fields of a message, named as in customer-service messages (protocol section 7.1). */
export function bodyOf(message: Message): Body {
  const of = fields(message.content)
  if (message.from === 'notice') return { kind: 'notice', text: of.text('content') }
  const title = of.text('title')
  const description = of.text('description')
  const src = ownPath(of.text('media_url'))
  const cover = ownPath(of.text('thumb_url'))
  switch (message.type) {
    case 'text': return { kind: 'text', text: of.text('content') }
    case 'image': return { kind: 'image', src }
    case 'voice': return { kind: 'voice', src, heard: of.text('recognition') }
    case 'video':
    case 'mpvideo':
    case 'shortvideo': return { kind: 'video', src, cover, title, description, short: message.type === 'shortvideo' }
    case 'location': return { kind: 'location', label: of.text('label'), latitude: of.number('latitude'), longitude: of.number('longitude') }
    case 'link': return { kind: 'link', title, description, url: webAddress(of.text('url')) }
    case 'miniprogrampage': return { kind: 'mini', title, appid: of.text('appid'), path: of.text('pagepath'), src: cover }
    case 'music': return { kind: 'music', title, description, url: webAddress(of.text('musicurl')) }
    case 'news': return { kind: 'news', articles: of.list('articles').map(article) }
    case 'msgmenu': return { kind: 'menu', head: of.text('head_content'), tail: of.text('tail_content'), items: of.list('list').map((item) => ({ id: item.text('id'), text: item.text('content') })) }
    case 'template':
    case 'subscribe': return card(of, message.type === 'subscribe')
    case 'red_packet': return { kind: 'packet', packet: of.number('packet'), sender: of.text('send_name'), wishing: of.text('wishing') }
    default: return { kind: 'unknown', type: message.type, raw: JSON.stringify(message.content, null, 2) }
  }
}

const article = (of: Fields): Article => ({ title: of.text('title'), description: of.text('description'), url: webAddress(of.text('url')), src: ownPath(of.text('picurl')) })

/** `text` is the template with its values filled in: one `label：value` per line. */
function card(of: Fields, subscription: boolean): Body {
  const rows = of.text('text').split('\n').filter(Boolean).map((line): CardRow => {
    const [label = '', ...rest] = line.split('：')
    return rest.length > 0 ? { label, value: rest.join('：') } : { label: '', value: line }
  })
  const mini = of.inner('miniprogram')
  const path = mini?.text('pagepath') || of.text('page')
  return { kind: 'card', subscription, title: of.text('title'), rows, url: webAddress(of.text('url')), mini: mini || path ? { appid: mini?.text('appid') ?? '', path } : null }
}
