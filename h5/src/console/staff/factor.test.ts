import { expect, test } from 'vitest'
import { grouped, isCode } from './factor'

test.each([['123456', true], ['123 456', true], [' 123456 ', true], ['12345', false], ['12345a', false], ['', false]])('%j is a code: %s', (text, code) => expect(isCode(text)).toBe(code))
test('a secret is typed in groups of four', () => expect([grouped('JBSWY3DPEH'), grouped('')]).toEqual(['JBSW Y3DP EH', '']))
