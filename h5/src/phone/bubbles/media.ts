// Hosts that the sandbox plays: an address there is a path here.
const played = ['api.weixin.qq.com', 'mp.weixin.qq.com', 'open.weixin.qq.com']
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * The same-origin path of a file that the sandbox itself serves; null for any other address. The page never loads
 * anything from outside, so a foreign picture is shown as a placeholder.
 */
export function ownPath(raw: string, here: URL | Location = location): string | null {
  if (!/^(\/|https?:)/i.test(raw)) return null
  try {
    const url = new URL(raw, here.href)
    const sameMachine = loopback.includes(url.hostname) && loopback.includes(here.hostname) && url.port === here.port
    const stored = url.pathname.startsWith('/sandbox/v1/media/')
    const own = stored || url.origin === here.origin || played.includes(url.hostname) || sameMachine
    return own ? url.pathname + url.search : null
  } catch {
    return null
  }
}

/** Whether a page at this address may be shown inside the phone: only what runs on this machine. */
export function isLocalPage(raw: string): boolean {
  try {
    return loopback.includes(new URL(raw).hostname)
  } catch {
    return false
  }
}
