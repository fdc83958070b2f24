import { nextTick } from 'vue'
import { beforeEach, expect, test } from 'vitest'
import { forgetDrafts, useDraft } from './drafts'

beforeEach(() => localStorage.clear())

test('what was typed is there again, and gone when it is emptied', async () => {
  const first = useDraft('note', () => ({ text: '' }))
  first.draft.value.text = 'half a sentence'
  await nextTick()
  const again = useDraft('note', () => ({ text: '' }))
  expect(again.draft.value.text).toBe('half a sentence')
  again.clear()
  await nextTick()
  expect(localStorage.length).toBe(0)
})
test('drafts of one who signs out are forgotten, other things stay', async () => {
  localStorage.setItem('language', 'zh')
  useDraft('a', () => '').draft.value = 'x'
  await nextTick()
  forgetDrafts()
  expect(Object.keys(localStorage)).toEqual(['language'])
})
test('broken words count as none', () => {
  localStorage.setItem('draft:a', '{')
  expect(useDraft('a', () => 'fresh').draft.value).toBe('fresh')
})
