// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kindKey } from './members/facts'
import { zh } from './words/zh'

// Codes that the service tells as plain text, with no list in the API description: its sources are the list.
const sources = readdirSync('../src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rs')).map((path) => ({ path, text: readFileSync(`../src/${path}`, 'utf8') }))
function codes(where: RegExp, pattern: RegExp): string[] {
  const found = sources.filter(({ path }) => where.test(path)).flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1]!))
  return [...new Set(found)].sort()
}

test('every table of which rows are moved has words', () => {
  const tables = codes(/./, /^ {4}table: "(\w+)",/gm)
  expect(tables.length).toBeGreaterThan(40)
  expect(tables.filter((table) => !(table in zh.merge.table))).toEqual([])
})
test('every field that a merge decides, and every reason for it, has words', () => {
  const fields = codes(/(owned|merge\/mod)\.rs$/, /\bfield: "(\w+)"/g)
  const reasons = codes(/(owned|merge\/mod)\.rs$/, /\bwhy: "(\w+)"/g)
  expect([fields.length > 2, reasons.length > 2]).toEqual([true, true])
  expect([fields.filter((field) => !(field in zh.merge.field)), reasons.filter((reason) => !(reason in zh.merge.because))]).toEqual([[], []])
})
test('every event has words in the timeline', () => {
  const events = codes(/events\.rs$/, /"([a-z_]+\.[a-z_]+)"/g)
  expect(events.length).toBeGreaterThan(30)
  expect(events.filter((event) => kindKey(event, (key) => key in zh.fact) === null)).toEqual([])
})
test('every kind of message that is told has words', () => {
  const kinds = readdirSync('../wechat-config/messages').flatMap((file) => (file.endsWith('.toml') ? [file.slice(0, -'.toml'.length)] : []))
  expect(kinds.length).toBeGreaterThan(3)
  expect(kinds.filter((kind) => !(kind in zh.message.kind))).toEqual([])
})
test('every way in which a campaign pauses has words', () => {
  const ways = [...codes(/rewards\/watch\.rs$/, /Some\("(\w+)"\)/g), ...codes(/rewards\//, /campaign::stop\([^;]*?"(\w+)"\)/g)]
  expect(ways.length).toBeGreaterThan(3)
  expect(ways.filter((way) => !(way in zh.campaign.paused_why))).toEqual([])
})
test('what staff have to look into about a payout, and each step of ours, has words', () => {
  const looks = [...codes(/payout\/answer\.rs$/, /Some\("(\w+)"\)/g), ...codes(/payout\//, /Column::Review, Expr::value\("(\w+)"\)/g), ...codes(/payout\/settle\.rs$/, /then_some\("(\w+)"\)/g)]
  const steps = [...codes(/payout\//, /\bcode: "(\w+)"/g), ...codes(/payout\//, /\.cause\(\), "(\w+)"\)/g), ...codes(/pay\/answer\.rs$/, /Self::\w+ => "([a-z_]+)"/g)]
  expect([looks.length > 4, steps.length > 12]).toEqual([true, true])
  expect([looks.filter((look) => !(look in zh.payout.review_of)), steps.filter((step) => !(step in zh.payout.code_of))]).toEqual([[], []])
})
