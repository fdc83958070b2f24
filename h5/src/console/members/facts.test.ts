import { expect, test } from 'vitest'
import { kindKey } from './facts'

const known = (key: string) => ['person', 'member_merged', 'follow'].includes(key)
test.each([['member.merged', 'member_merged'], ['person.text', 'person'], ['follow', 'follow'], ['member.other', null], ['unheard', null]])('%s is called %s', (kind, key) => expect(kindKey(kind, known)).toBe(key))
