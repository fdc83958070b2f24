import type { Message } from '../contract'
import { bodyOf } from './body'
import { segments } from './segments'

/** One line for the list of chats: the words themselves, or `[图片]` and the like by `word(kind)`. */
export function preview(message: Message, word: (kind: string) => string): string {
  const body = bodyOf(message)
  switch (body.kind) {
    case 'text': return oneLine(segments(body.text).map((segment) => segment.text).join(''))
    case 'notice': return oneLine(body.text)
    case 'menu': return oneLine(body.head || word('menu'))
    case 'link':
    case 'mini':
    case 'music':
    case 'card': return `[${word(body.kind)}] ${oneLine(body.title)}`.trim()
    case 'packet': return `[${word('packet')}] ${oneLine(body.wishing)}`.trim()
    case 'news': return `[${word('news')}] ${oneLine(body.articles[0]?.title ?? '')}`.trim()
    case 'location': return `[${word('location')}] ${oneLine(body.label)}`.trim()
    case 'unknown': return `[${body.type}]`
    default: return `[${word(body.kind)}]`
  }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
