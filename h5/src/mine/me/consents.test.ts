import { expect, test } from 'vitest'
import { answerable, outdated } from './consents'

const text = { purpose: 'marketing', version: '2026-11', title_zh: '', title_en: '', text_zh: '', text_en: '' } as const

test('an answer to other words is outdated, no answer is not', () => {
  expect([outdated({ text, version: '2026-01' }), outdated({ text, version: '2026-11' }), outdated({ text, version: null }), outdated({ version: '2026-01' })]).toEqual([true, false, false, false])
})

test('service needs no answer, and without words there is none', () => {
  expect([answerable({ purpose: 'marketing', text }), answerable({ purpose: 'service', text }), answerable({ purpose: 'marketing', text: null })]).toEqual([true, false, false])
})
