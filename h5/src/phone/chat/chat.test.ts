import { describe, expect, test } from 'vitest'
import type { Message } from '../contract'
import { permitted } from './allowance'
import { filled, forms } from './attachments'
import { target } from './tap'
import { timeline } from './timeline'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 0, minute)).toISOString()
const message = (id: string, minute: number): Message => ({ id, at: at(minute), from: 'person', type: 'text', via: null, content: {} })

test('a time stands before the first message and after each pause of five minutes', () => {
  expect(timeline([message('a', 0), message('b', 4), message('c', 9), message('d', 10)]).map((line) => line.key)).toEqual(['time a', 'a', 'b', 'time c', 'c', 'd'])
  expect(timeline([])).toEqual([])
})

describe('what the account may still send', () => {
  const now = new Date(at(0))
  test('open windows add up until the last of them closes', () => {
    expect(permitted([{ trigger: 'message', closes_at: at(60), left: 5 }, { trigger: 'click', closes_at: at(1), left: 3 }, { trigger: 'scan', closes_at: at(-1), left: 3 }], now)).toMatchObject({ left: 8, closes: new Date(at(60)) })
  })
  test('a used-up window permits nothing and does not stretch the time', () => {
    expect(permitted([{ trigger: 'message', closes_at: at(60), left: 0 }, { trigger: 'click', closes_at: at(1), left: 1 }], now)).toMatchObject({ left: 1, closes: new Date(at(1)) })
    expect(permitted([{ trigger: 'message', closes_at: at(60), left: 0 }], now)).toMatchObject({ left: 0, closes: null })
  })
  test('one window without limit lifts the limit', () => {
    expect(permitted([{ trigger: 'pay', closes_at: at(60), left: null }, { trigger: 'message', closes_at: at(60), left: 2 }], now).left).toBeNull()
  })
  test('none open', () => {
    expect(permitted([], now)).toEqual({ left: 0, closes: null, open: [] })
  })
})

test('a filled form becomes the message, a bad number none', () => {
  const values = { label: ' 人民广场 ', latitude: '31.2', longitude: '121.4' }
  expect(filled('location', forms.location!, values)).toEqual({ type: 'location', label: '人民广场', latitude: 31.2, longitude: 121.4 })
  expect(filled('location', forms.location!, { ...values, latitude: 'north' })).toBeNull()
})

test('a tap leads to an address, to a page of a mini program, or nowhere', () => {
  expect(target({ push: null })).toBeNull()
  expect(target({ push: null, open: 'https://a.example' })).toEqual({ url: 'https://a.example' })
  expect(target({ push: null, open: { appid: 'wx', pagepath: 'pages/a' } })).toEqual({ appid: 'wx', path: 'pages/a' })
})
