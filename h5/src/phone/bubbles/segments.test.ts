import { expect, test } from 'vitest'
import { segments, webAddress } from './segments'

test('plain text with line breaks is one piece', () => {
  expect(segments('一\n二')).toEqual([{ kind: 'text', text: '一\n二' }])
  expect(segments('')).toEqual([])
})

test('anchors and mini-program links are cut out', () => {
  expect(segments('看<a href="https://a.example/?x=1&amp;y=2">这里</a>或<a data-miniprogram-appid="wx1" data-miniprogram-path="p/i?a=1" href="#">小程序</a>。')).toEqual([
    { kind: 'text', text: '看' }, { kind: 'link', text: '这里', url: 'https://a.example/?x=1&y=2' }, { kind: 'text', text: '或' }, { kind: 'mini', text: '小程序', appid: 'wx1', path: 'p/i?a=1' }, { kind: 'text', text: '。' },
  ])
})

test('bare addresses become links without the punctuation after them', () => {
  expect(segments('见 https://a.example/b?c=1，谢谢 http://b.example/x.')).toEqual([
    { kind: 'text', text: '见 ' }, { kind: 'link', text: 'https://a.example/b?c=1', url: 'https://a.example/b?c=1' }, { kind: 'text', text: '，谢谢 ' },
    { kind: 'link', text: 'http://b.example/x', url: 'http://b.example/x' }, { kind: 'text', text: '.' },
  ])
})

test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,<script>1</script>', 'vbscript:x', 'file:///etc/passwd', '//a.example', ''])('%j is no web address', (raw) => {
  expect(webAddress(raw)).toBeNull()
  expect(segments(`<a href="${raw}">x</a>`).every((segment) => segment.kind === 'text')).toBe(true)
})

test('other markup stays visible text', () => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(1)</script>'
  expect(segments(hostile)).toEqual([{ kind: 'text', text: hostile }])
  expect(segments('<a href="https://a.example" onclick="alert(1)"><b>x</b></a>')).toEqual([{ kind: 'link', text: 'x', url: 'https://a.example/' }])
})
