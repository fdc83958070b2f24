import type { Packet, Transfer, Wallet } from '../contract'

/** What a packet is to its receiver. */
export type PacketLook = 'waiting' | 'opened' | 'gone' | 'sending' | 'failed'

export function packetLook({ state }: Pick<Packet, 'state'>): PacketLook {
  switch (state) {
    case 'SENT': return 'waiting'
    case 'RECEIVED': return 'opened'
    case 'SENDING': return 'sending'
    case 'FAILED': return 'failed'
    case 'RFUND_ING':
    case 'REFUND': return 'gone'
  }
}

/** What a transfer is to its receiver. */
export type TransferLook = 'waiting' | 'confirmed' | 'moving' | 'working' | 'lapsed' | 'cancelled' | 'failed'

export function transferLook({ state, fail_reason }: Pick<Transfer, 'state' | 'fail_reason'>): TransferLook {
  switch (state) {
    case 'WAIT_USER_CONFIRM': return 'waiting'
    case 'SUCCESS': return 'confirmed'
    case 'TRANSFERING': return 'moving'
    case 'ACCEPTED':
    case 'PROCESSING': return 'working'
    case 'CANCELING':
    case 'CANCELLED': return 'cancelled'
    case 'FAIL': return fail_reason === 'OVERDUE_CLOSE' ? 'lapsed' : 'failed'
  }
}

/** One line of the wallet that still wants something, or that was never taken. */
export type Item = { kind: 'packet'; at: string; packet: Packet } | { kind: 'transfer'; at: string; transfer: Transfer }

/** What waits for the person, the one that lapses first in front; and what ended without them, newest first. */
export function items(wallet: Wallet): { waiting: Item[]; past: Item[] } {
  const packets = wallet.packets.map((packet): Item & { look: string } => ({ kind: 'packet', at: packet.at, packet, look: packetLook(packet) }))
  const transfers = wallet.transfers.map((transfer): Item & { look: string } => ({ kind: 'transfer', at: transfer.at, transfer, look: transferLook(transfer) }))
  const all = [...packets, ...transfers]
  return {
    waiting: all.filter(({ look }) => look === 'waiting').sort((a, b) => a.at.localeCompare(b.at)),
    past: all.filter(({ look }) => ['gone', 'lapsed', 'cancelled', 'failed'].includes(look)).sort((a, b) => b.at.localeCompare(a.at)),
  }
}

/** Packets that came as a service notice, newest first. */
export const notices = (wallet: Wallet | null): Packet[] => wallet?.packets.filter(({ arrival, state }) => arrival === 'notice' && state !== 'SENDING' && state !== 'FAILED') ?? []

/** The parameters of `wx.requestMerchantTransfer` in a text; null when it holds none. A service may wrap them once. */
export function transferCallOf(text: string): { mchId: string; appId: string; package: string } | null {
  try {
    const body: unknown = JSON.parse(text)
    if (!body || typeof body !== 'object') return null
    for (const one of [body, ...Object.values(body)]) {
      const { mchId, appId, package: packed } = (one ?? {}) as Record<string, unknown>
      if (typeof mchId === 'string' && typeof appId === 'string' && typeof packed === 'string') return { mchId, appId, package: packed }
    }
    return null
  } catch {
    return null
  }
}
