// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { zh } from '../words/zh'
import { checks, told } from './checks'
import { seenRows, tellers, type Telling } from './why'

const source = (path: string) => readFileSync(`../src/${path}`, 'utf8')
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))]
const tell: Telling = { t: (key, values) => `<${key}${values ? ` ${Object.values(values).join()}` : ''}>`, te: (key) => !key.endsWith('.gone'), when: (at) => `@${at}`, account: (key) => `(${key})` }

// What the service writes into its explanations stands in its sources: a code or a value that is new there fails here until it has words.
test('every rule of a grant has words, and both of its sides are told', () => {
  const codes = all(source('rewards/decision.rs'), /^ {4}\w+ = "(\w+)",/gm)
  expect(codes.length).toBeGreaterThan(15)
  expect(Object.keys(zh.why.rule)).toEqual(expect.arrayContaining(codes))
  expect(Object.keys(checks)).toEqual(expect.arrayContaining(codes))
})
test('every reason for which a member is held back has words', () => {
  const codes = all(source('rewards/block.rs'), /const \w+: &str = "(\w+)"/g)
  expect(codes.length).toBe(2)
  expect(Object.keys(zh.why.blocked)).toEqual(expect.arrayContaining(codes))
})
test('every rule of the guard has words', () => {
  const rules = all(source('referral/guard/mod.rs'), /\bname: "(\w+)"/g)
  expect(rules.length).toBeGreaterThan(5)
  expect(Object.keys(zh.why.guard)).toEqual(expect.arrayContaining(rules))
})
test('every rule that asks for a grant has words', () => {
  const causes = ['referral/reward.rs', 'share/reward.rs', 'sample/wallets.rs'].flatMap((path) => all(source(path), /Because \{ rule: "(\w+)"/g))
  expect(causes).toHaveLength(3)
  expect(Object.keys(zh.why.cause_of)).toEqual(expect.arrayContaining(causes))
})
test.each(['referral/rules/mod.rs', 'referral/guard/mod.rs', 'share/rules/mod.rs'])('every value that %s has seen has a name and is told as what it is', (path) => {
  const values = [...source(path).matchAll(/json!\(\{(.*?)\}\)/g)].flatMap((match) => all(match[1]!, /"(\w+)":/g)).concat(all(source(path), /"(\w+)"\.to_owned\(\), json!/g))
  expect(values.length).toBeGreaterThan(1)
  expect(Object.keys(zh.why.value)).toEqual(expect.arrayContaining(values))
  expect(Object.keys(tellers)).toEqual(expect.arrayContaining(values))
})

test.each([
  [{}, []],
  [{ touch_at: '2026-11-21', window_days: 30 }, ['<why.value.touch_at> @2026-11-21', '<why.value.window_days> <program.days 30>']],
  [{ rules: ['same_device', 'gone'], since: null }, ['<why.value.rules> <why.guard.same_device><campaign.and>gone']],
  [{ count: 2, most: 1, minutes: 0 }, ['<why.value.count> <why.people 2>', '<why.value.most> <why.people 1>']],
  [{ minutes: 10_080 }, ['<why.value.minutes> <span.days 7>']],
  [{ minutes: 60, quiet_percent: 80 }, ['<why.value.minutes> <span.hours 1>', '<why.value.quiet_percent> 80%']],
  [{ stayed_ms: 2900, purchase_fen: 5000 }, ['<why.value.stayed_ms> <share.seconds 3>', '<why.value.purchase_fen> ¥50.00']],
])('%j is told', (seen, words) => expect(seenRows(seen, tell).map(({ label, value }) => `${label} ${value}`)).toEqual(words))

test.each([
  ['not_running', 'running', 'paused', 'points', '<campaign.state.running>', '<campaign.state.paused>'],
  ['not_following', 'brand', false, 'points', '(brand)', '<member.no>'],
  ['over', '2026-12-01', '2026-11-21', 'points', '@2026-12-01', '@2026-11-21'],
  ['person_reached', { count: 5, amount: null }, { count: 3, amount: 200 }, 'points', '<why.times 5>', '<why.times 3> · <why.points 200>'],
  ['person_reached', { count: 5, amount: null }, { amount: 200 }, 'transfer', '<why.times 5>', '<why.full ¥2.00>'],
  ['payee_day_reached', { count: 10, amount: 20_000 }, { count: 1, amount: 500 }, 'points', '<why.times 10> · ¥200.00', '<why.times 1> · ¥5.00'],
  ['amount_not_allowed', [100, 500], 30, 'transfer', '¥1.00 – ¥5.00', '¥0.30'],
  ['blocked', null, 'risk', 'points', '', '<why.blocked.risk>'],
] as const)('a check of %s: wanted %j, seen %j of %s', (rule, wanted, seen, what, ...words) => {
  const check = { rule, met: false, wanted, seen }
  expect([told(check, 'wanted', tell, what), told(check, 'seen', tell, what)]).toEqual(words)
})
