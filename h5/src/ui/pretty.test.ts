import { expect, test } from 'vitest'
import { pretty } from './pretty'

test('indents nested XML and keeps elements with text on one line', () => {
  expect(pretty('<xml><A><![CDATA[a<b]]></A><List><item><Id>1</Id></item></List></xml>')).toBe(
    ['<xml>', '  <A><![CDATA[a<b]]></A>', '  <List>', '    <item>', '      <Id>1</Id>', '    </item>', '  </List>', '</xml>'].join('\n'),
  )
})

test('does not open a level for an empty element', () => {
  expect(pretty('<xml><A/><B>1</B></xml>')).toBe('<xml>\n  <A/>\n  <B>1</B>\n</xml>')
})

test('indents JSON', () => {
  expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}')
})

test.each(['success', '', '{"a":', 'a < b'])('leaves %j as it is', (text) => {
  expect(pretty(text)).toBe(text)
})
