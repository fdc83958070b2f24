import { expect, test } from 'vitest'
import { paused, personCalled, personEnd, shapeOf } from './body'

test.each([
  [{ kind: 'text', text: '你好' }, { kind: 'words', text: '你好' }],
  [{ kind: 'image', text: '[图片]' }, { kind: 'media', type: 'image', text: '[图片]' }],
  [{ kind: 'event:SUBSCRIBE', text: '关注' }, { kind: 'event', event: 'subscribe', text: '关注' }],
  [{ kind: 'unheard', text: 'x' }, { kind: 'words', text: 'x' }],
])('%j', (message, shape) => expect(shapeOf(message)).toEqual(shape))

test.each([['OpenID(…Cbh-)', 'Cbh-'], ['…l0Po', 'l0Po'], ['', '']])('%j ends in %j', (person, end) => expect(personEnd(person)).toBe(end))

test('a person is called as they call themselves, else by their end', () => {
  const follower = (end: string) => `粉丝 ${end}`
  expect(personCalled({ person: '…l0Po', nickname: '小宁' }, follower)).toBe('小宁')
  expect(personCalled({ person: '…l0Po', nickname: ' ' }, follower)).toBe('粉丝 l0Po')
  expect(personCalled({ person: '…l0Po' }, follower)).toBe('粉丝 l0Po')
})

test('a time stands above the first message and after a pause', () => {
  const at = (minute: number) => ({ at: new Date(Date.UTC(2026, 10, 22, 0, minute)).toISOString() })
  expect(paused(undefined, at(0))).toBe(true)
  expect(paused(at(0), at(4))).toBe(false)
  expect(paused(at(0), at(5))).toBe(true)
})
