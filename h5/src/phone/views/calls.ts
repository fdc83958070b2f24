import type { TransferCall } from '../contract'

/** What a page in the frame asks of WeChat's client, and what it is answered. */
export interface PageCall { wechat: 'requestMerchantTransfer'; id: number; parameters: TransferCall }

/** The call in a message of a page, if it is one that this phone plays. */
export function pageCallOf(data: unknown): PageCall | null {
  const { wechat, id, parameters } = (data ?? {}) as Record<string, unknown>
  if (wechat !== 'requestMerchantTransfer' || typeof id !== 'number') return null
  const { mchId, appId, package: packed } = (parameters ?? {}) as Record<string, unknown>
  if (typeof mchId !== 'string' || typeof appId !== 'string' || typeof packed !== 'string') return null
  return { wechat, id, parameters: { mchId, appId, package: packed } }
}

/** The answer in WeChat's words: `requestMerchantTransfer:ok`. */
export const answerTo = ({ wechat, id }: Pick<PageCall, 'wechat' | 'id'>, outcome: 'ok' | 'cancel') => ({ wechat, id, err_msg: `${wechat}:${outcome}` })
