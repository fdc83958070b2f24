// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { zh } from './words/zh'

// What the server can answer has words: an enumeration that grows without them fails here.
const { schemas } = (JSON.parse(readFileSync('../tests/it/http/openapi.json', 'utf8')) as { components: { schemas: Record<string, { enum?: string[] }> } }).components
const words = (path: string) => path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], zh)

test.each([
  ['GrantState', 'grant.state'], ['CampaignGives', 'grant.what'], ['ReferralState', 'invite.state'], ['PointsLotState', 'points.lot'], ['IdentityKind', 'identity'],
  ['Purpose', 'consent.purpose'], ['ExportState', 'copy.state'], ['SessionEntrance', 'me.entrance'], ['StaffScanPurpose', 'staff_scan.for'], ['StaffScanPurpose', 'staff_scan.agree'],
])('every %s has words in %s', (name, group) => {
  expect(schemas[name]?.enum?.length).toBeGreaterThan(0)
  expect(Object.keys(words(group) ?? {})).toEqual(expect.arrayContaining(schemas[name]!.enum!))
})
