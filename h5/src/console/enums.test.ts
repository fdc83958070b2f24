// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { zh } from './words/zh'

// What the server can answer has words: an enumeration that grows without them fails here.
const { schemas } = (JSON.parse(readFileSync('../tests/it/http/openapi.json', 'utf8')) as { components: { schemas: Record<string, { enum?: string[] }> } }).components
const words = (path: string) => path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], zh)

test.each([
  ['Role', 'role'], ['ScanStep', 'scan.step'], ['JoinedBy', 'member.joined_by'], ['Sex', 'member.sex'], ['Purpose', 'member.purpose'], ['Scene', 'reveal.scene'], ['NotTold', 'reach.why'], ['Trigger', 'window'], ['PointsLotState', 'points.lot'],
  ['MessagePurpose', 'message.purpose'], ['DeliveryChannel', 'message.channel'], ['MessageState', 'message.state'], ['DeliveryState', 'message.state'], ['MemberErasureState', 'erasure.state'], ['ExportState', 'copy.state'],
  ['IdentityKind', 'identity.kind'], ['IdentitySource', 'identity.source'], ['IdentityStrength', 'identity.strength'], ['LinkWhy', 'identity.why'], ['MergeCause', 'merge.cause'], ['Chosen', 'merge.chosen'], ['StuckWhy', 'merge.stuck_why'],
  ['ConflictKind', 'conflict.kind'], ['ConflictKind', 'conflict.means'], ['ConflictState', 'conflict.state'], ['ConflictDecision', 'conflict.choice'], ['ConflictDecision', 'conflict.choice_means'], ['ConversationState', 'chat.state'], ['Author', 'chat.author'],
  ['CampaignState', 'campaign.state'], ['GrantState', 'grant.state'], ['PayoutState', 'payout.state'], ['PayoutCause', 'payout.cause'], ['StopCause', 'stop.cause'], ['ReferralProgramState', 'program.state'], ['ReferralState', 'referral.state'], ['ReferralRole', 'referral.role'],
  ['ReferralRewardState', 'referral.reward'], ['ReferralAlertState', 'alert.state'], ['ReferralSeverity', 'alert.severity'], ['ReferralAttribution', 'program.attribution_of'], ['ImportState', 'import.state'], ['ReconciliationState', 'reconciliation.state'],
  ['ShareCampaignState', 'share.state'], ['ShareVisitState', 'share.visit'], ['ShareRole', 'share.for'], ['ShareRewardState', 'referral.reward'], ['ChannelKind', 'channel.kind'],
  ['ReconciliationCaseKind', 'reconciliation.kind'], ['ExportRequestState', 'export.state'], ['MenuState', 'menu_of.state'], ['ReconciliationCaseState', 'reconciliation.case'],
])('every %s has words in %s', (name, group) => {
  expect(schemas[name]?.enum?.length).toBeGreaterThan(0)
  expect(Object.keys(words(group) ?? {})).toEqual(expect.arrayContaining(schemas[name]!.enum!))
})
