import type { Merchant, Movement, Notification, Packet, Transfer, Wallet } from '../../src/phone/contract.ts'

const hours = (now: Date, count: number) => new Date(now.getTime() + count * 3_600_000).toISOString()

const packet = (now: Date, over: Partial<Packet> & Pick<Packet, 'id' | 'arrival' | 'state'>, age: number): Packet => ({
  merchant: 'tea', account: 'tea', person: 'p1', sender: '拾光茶铺', wishing: '新会员有礼，祝你天天好茶', activity: '拉新有礼', amount: 188, at: hours(now, -age), lapses_at: hours(now, 24 - age), received_at: null, ...over,
})

const transfer = (now: Date, over: Partial<Transfer> & Pick<Transfer, 'id' | 'state'>, age: number): Transfer => ({
  merchant: 'tea', account: 'mini', person: 'p1', sender: '拾光茶铺', perception: '活动奖励', remark: '邀请好友奖励', amount: 1_000, fail_reason: null, red_packet: false, at: hours(now, -age), lapses_at: hours(now, 24 - age), updated_at: hours(now, -age), ...over,
})

/** The package of the transfer that waits in the mock. */
export const seedPackage = 'ABBQO+oYAAABmock'

/** One packet and one transfer of every kind that the page draws differently. */
export const seedWallet = (now: Date): Wallet => ({
  balance: 2_666,
  risk: null,
  receipts: [
    { at: hours(now, -30), amount: 666, title: '拾光茶铺', packet: 903, transfer: null },
    { at: hours(now, -52), amount: 2_000, title: '拾光茶铺', packet: null, transfer: 912 },
  ],
  packets: [
    packet(now, { id: 901, arrival: 'chat', state: 'SENT' }, 2),
    packet(now, { id: 902, arrival: 'notice', state: 'SENT', account: 'lab', sender: '新品研究所', wishing: '试吃问卷已收到，谢谢你' }, 3),
    packet(now, { id: 903, arrival: 'chat', state: 'RECEIVED', amount: 666, received_at: hours(now, -30) }, 31),
    packet(now, { id: 904, arrival: 'notice', state: 'REFUND', account: 'lab', sender: '新品研究所', wishing: '感谢参与' }, 60),
  ],
  transfers: [
    transfer(now, { id: 911, state: 'WAIT_USER_CONFIRM' }, 20),
    transfer(now, { id: 912, state: 'SUCCESS', amount: 2_000 }, 53),
  ],
})

/** What nobody has received yet. */
export const emptyWallet = (): Wallet => ({ balance: 0, receipts: [], packets: [], transfers: [], risk: null })

export const seedMerchants = (): Merchant[] => [{ key: 'tea', mchid: '1900000001', name: '拾光茶铺', mode: 'public_key', balance: 9_997_146, frozen: false }]

export const seedMovements = (now: Date): Movement[] => [
  { id: '202611190000000001', at: hours(now, -70), kind: 'top_up', amount: 10_000_000, balance: 10_000_000, number: '', wechat_number: 'opening' },
  { id: '202611190000000002', at: hours(now, -53), kind: 'transfer', amount: 2_000, balance: 9_998_000, number: 'grt7pq2w', wechat_number: '1330000000000000000000000000000912' },
  { id: '202611200000000003', at: hours(now, -31), kind: 'packet', amount: 666, balance: 9_997_334, number: 'grt9kd0a', wechat_number: '1000041701202611200000000000903' },
  { id: '202611210000000004', at: hours(now, -2), kind: 'packet', amount: 188, balance: 9_997_146, number: 'grt1mm4z', wechat_number: '1000041701202611210000000000901' },
]

export const seedNotifications = (now: Date): Notification[] => [
  {
    id: 77, merchant: 'tea', event_type: 'MCHTRANSFER.BILL.FINISHED', at: hours(now, -52), url: 'http://127.0.0.1:8080/wechat/pay/tea/notify', content: { out_bill_no: 'grt7pq2w', state: 'SUCCESS', transfer_amount: 2_000 },
    outcome: 'delivered', next_at: null, attempts: [{ at: hours(now, -52), status: 401, answer: '{"code":"FAIL"}', fault: 'probe' }, { at: hours(now, -52), status: 204, answer: '', fault: null }],
  },
]
