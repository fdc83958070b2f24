/** Where a page is open: in WeChat, in the frame of the sandbox's phone (or beside it), or in any browser. */
export type Client = 'wechat' | 'phone' | 'browser'

/** `framed`: only the phone's frame counts, for what the phone itself has to do. */
export function clientOf(agent: string, sandbox: string | null, framed = true, inFrame = window.parent !== window): Client {
  if (/MicroMessenger/i.test(agent)) return 'wechat'
  return sandbox && (inFrame || !framed) ? 'phone' : 'browser'
}

/** The address that WeChat has to sign: iPhones go by the one that was opened first, others by the one that is shown. */
export const addressToSign = (agent: string, first: string, shown: string): string => (/iPhone|iPad|iPod/i.test(agent) ? first : shown).split('#')[0]!

/** What became of a call of WeChat's client, from its own words such as `requestMerchantTransfer:ok`. */
export function outcomeOf(words: string | undefined): 'shown' | 'cancelled' | 'failed' {
  const said = words?.split(':')[1]?.trim().split(/\s/)[0]
  return said === 'ok' ? 'shown' : said === 'cancel' ? 'cancelled' : 'failed'
}
