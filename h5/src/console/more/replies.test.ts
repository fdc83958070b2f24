import { expect, test } from 'vitest'
import { draftOf, editable, heard, replyForm, type Rule } from './replies'

const rule = { id: 'r', account: 'brand', name: '积分', enabled: true, priority: 5, updated_at: '', condition: { on: { contains: ['积分', '分数'] }, hours: { from: '09:00:00', to: '21:00:00' } }, action: { replies: [{ kind: 'text', content: '你好' }], hand_over: null } } as Rule

test('a trigger is named with its words', () => {
  expect(heard(rule.condition.on)).toEqual({ key: 'contains', words: '积分、分数' })
  expect(heard({ follow: true })).toEqual({ key: 'follow', words: '' })
})
test('a rule reads back as it was, hours included', () => {
  const { id: _, updated_at: __, ...draft } = rule
  expect(draftOf(replyForm(rule), rule)).toEqual(draft)
})
test('words are parted by commas of both kinds', () => expect(draftOf({ ...replyForm(rule), words: 'a, b，c、d' }, rule)?.condition.on).toEqual({ contains: ['a', 'b', 'c', 'd'] }))
test('a rule that says and does nothing is none', () => {
  expect(draftOf({ ...replyForm(rule), text: ' ' }, rule)).toBeNull()
  expect(draftOf({ ...replyForm(rule), text: ' ', human: true }, rule)?.action).toEqual({ replies: [], hand_over: 'human' })
  expect(draftOf({ ...replyForm(rule), words: ' ' }, rule)).toBeNull()
})
test('what is more than a text stays as it is', () => {
  const rich = { ...rule, action: { replies: [{ kind: 'image', media_id: 'm' }], hand_over: null } } as Rule
  expect(editable(rich)).toBe(false)
  expect(draftOf({ ...replyForm(rich), name: '新' }, rich)?.action.replies).toEqual(rich.action.replies)
})
