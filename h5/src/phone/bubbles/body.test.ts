import { expect, test } from 'vitest'
import type { Message } from '../contract'
import { bodyOf } from './body'
import { preview } from './preview'

const message = (type: string, content: Record<string, unknown>, over: Partial<Message> = {}): Message => ({ id: '1', at: '2026-11-21T00:00:00Z', from: 'account', via: 'custom', type, content, ...over })

test('pictures and films show only files of the sandbox itself', () => {
  expect(bodyOf(message('image', { media_id: 'm', media_url: 'http://127.0.0.1:8090/sandbox/v1/media/m' }))).toEqual({ kind: 'image', src: '/sandbox/v1/media/m' })
  expect(bodyOf(message('image', { media_id: 'm', media_url: 'https://cdn.example/m' }))).toEqual({ kind: 'image', src: null })
  expect(bodyOf(message('shortvideo', { media_url: '/sandbox/v1/media/v', thumb_url: '/sandbox/v1/media/t' }))).toMatchObject({ kind: 'video', src: '/sandbox/v1/media/v', cover: '/sandbox/v1/media/t', short: true })
})

test('a red packet says from whom and what it wishes', () => {
  expect(bodyOf(message('red_packet', { packet: 7, send_name: '惠联小店', wishing: '恭喜发财' }, { via: 'pay' }))).toEqual({ kind: 'packet', packet: 7, sender: '惠联小店', wishing: '恭喜发财' })
})

test('articles stay in order, with checked addresses', () => {
  expect(bodyOf(message('news', { articles: [{ title: 'a', url: 'javascript:alert(1)' }, { title: 'b', description: 'd', url: 'https://a.example', picurl: 'https://a.example/p' }] }))).toEqual({
    kind: 'news', articles: [{ title: 'a', description: '', url: null, src: null }, { title: 'b', description: 'd', url: 'https://a.example/', src: null }],
  })
})

test('degrees come as text', () => {
  expect(bodyOf(message('location', { latitude: '31.2', longitude: '121.4', label: 'l' }))).toEqual({ kind: 'location', label: 'l', latitude: 31.2, longitude: 121.4 })
})

test('a card has a row for each line of its text', () => {
  expect(bodyOf(message('template', { title: '消费通知', text: '金额：¥1\n时间：15:01\n谢谢光临', url: 'javascript:alert(1)', miniprogram: { appid: 'wx', pagepath: 'p' } }))).toEqual({
    kind: 'card', subscription: false, title: '消费通知', rows: [{ label: '金额', value: '¥1' }, { label: '时间', value: '15:01' }, { label: '', value: '谢谢光临' }], url: null, mini: { appid: 'wx', path: 'p' },
  })
  expect(bodyOf(message('subscribe', { title: 't', text: '', page: 'pages/a', miniprogram: null }, { via: 'subscribe' }))).toMatchObject({ subscription: true, rows: [], mini: { appid: '', path: 'pages/a' } })
})

test('a menu message keeps the ids of its items', () => {
  const body = bodyOf(message('msgmenu', { head_content: 'h', list: [{ id: 1, content: 'x' }], tail_content: 't' }))
  expect(body).toEqual({ kind: 'menu', head: 'h', tail: 't', items: [{ id: '1', text: 'x' }] })
})

test('a grey line is a notice whatever its type, and an unknown type is named', () => {
  expect(bodyOf(message('text', { content: 'x' }, { from: 'notice' }))).toEqual({ kind: 'notice', text: 'x' })
  expect(bodyOf(message('wxcard', { card_id: 'c' })).kind).toBe('unknown')
})

test('the list of chats shows words, or what kind of thing it was', () => {
  const word = (kind: string) => kind.toUpperCase()
  expect(preview(message('text', { content: '一\n<a href="https://a.example">二</a>' }), word)).toBe('一 二')
  expect(preview(message('image', {}), word)).toBe('[IMAGE]')
  expect(preview(message('news', { articles: [{ title: 't' }] }), word)).toBe('[NEWS] t')
  expect(preview(message('wxcard', {}), word)).toBe('[wxcard]')
})
