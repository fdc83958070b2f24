/** What WeChat said instead of who it is. */
export type Verdict = 'refused' | 'snapshot' | 'failed'
const verdicts: readonly string[] = ['refused', 'snapshot', 'failed'] satisfies Verdict[]

/** What stands in the address about signing in, and the address without it. Browsers carry the fragment of WeChat's page through. */
export function withoutVerdict(address: string): { verdict: Verdict | null; rest: string } {
  const url = new URL(address)
  const said = url.searchParams.get('wechat')
  if (url.hash === '#wechat_redirect') url.hash = ''
  if (said === null) return { verdict: null, rest: url.href }
  url.searchParams.delete('wechat')
  return { verdict: verdicts.includes(said) ? (said as Verdict) : null, rest: url.href }
}

/** Where to come back to, as the service takes it: a path of member pages, plain and not too long; else where they begin. */
export function returnPlace({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  const to = pathname + search
  const own = pathname === '/m/' || pathname.startsWith('/m/')
  const plain = /^[!-~]+$/.test(to) && !to.includes('\\') && !/\/\/|\/\./.test(pathname)
  return own && plain && to.length <= 1024 ? to : '/m/'
}

/** The way to WeChat. */
export const startAddress = (account: string, back: string, scope: 'base' | 'userinfo'): string => `/api/h5/v1/oauth/${encodeURIComponent(account)}/start?${new URLSearchParams({ return: back, scope })}`
