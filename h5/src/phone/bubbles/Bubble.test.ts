import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { createWords } from '@i18n/index'
import { seedAccounts, seedChat } from '../../../dev/mock/seed.ts'
import { createApi } from '../api'
import type { Message } from '../contract'
import { createRoutes } from '../routes'
import { createPhone, phoneKey } from '../state'
import { en } from '../words.en'
import { zh } from '../words.zh'
import Bubble from './Bubble.vue'
import { bodyOf } from './body'

const account = seedAccounts()[0]!
const draw = (message: Message) =>
  mount(Bubble, { props: { message, account, body: bodyOf(message), mine: message.from === 'person' }, global: { plugins: [createWords({ zh, en }), createRoutes()], provide: { [phoneKey as symbol]: createPhone(createApi()) } } })

const messages = seedChat(new Date('2026-11-21T00:00:00Z')).messages.filter((message) => message.from !== 'notice')

test.each(messages.map((message) => [message.type, message] as const))('%s is drawn', (_, message) => {
  const bubble = draw(message)
  expect(bubble.classes()).toContain('bubble')
  expect(bubble.html()).not.toContain('[object Object]')
})

test('hostile fields end as text in every type', () => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(1)</script>'
  const poison = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(poison)
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner)]))
    return hostile
  }
  for (const message of messages) {
    const bubble = draw({ ...message, content: poison(message.content) as Message['content'] })
    expect(bubble.findAll('img, script')).toHaveLength(0)
  }
})

test('a web link of a text opens inside the phone', () => {
  const bubble = draw({ ...messages[0]!, type: 'text', content: { content: 'https://a.example/x' } })
  expect(bubble.get('a').attributes('href')).toContain('/page?url=https://a.example/x')
})
