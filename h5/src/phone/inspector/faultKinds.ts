import type { NewFault } from '../contract'

/** A number or text that a kind of fault needs; `start` is what the form shows at first. */
export interface Parameter { name: 'errcode' | 'errmsg' | 'status' | 'millis' | 'seconds'; start: string; text?: true }

/** What can go wrong when the service calls WeChat, and what each needs to know. */
export const apiFaults: Record<string, Parameter[]> = {
  errcode: [{ name: 'errcode', start: '-1' }, { name: 'errmsg', start: '', text: true }],
  http: [{ name: 'status', start: '502' }],
  slow: [{ name: 'millis', start: '6000' }],
  reset_before: [],
  reset_after: [],
  job_failed: [],
}

/** What can go wrong when WeChat calls the service. */
export const callbackFaults: Record<string, Parameter[]> = {
  duplicate: [], hold: [], cut_after: [],
  skew: [{ name: 'seconds', start: '-600' }],
  wrong_signature: [], wrong_key: [], previous_key: [], upper_hex: [], downgrade: [],
}

export const kindsFor = (endpoint: string) => (endpoint === 'callback' ? callbackFaults : apiFaults)

/** Endpoints offered first; any other path can be typed. */
export const endpoints = [
  'callback', '/cgi-bin/message/custom/send', '/cgi-bin/message/template/send', '/cgi-bin/message/subscribe/bizsend', '/cgi-bin/stable_token', '/cgi-bin/token',
  '/cgi-bin/user/info', '/cgi-bin/qrcode/create', '/cgi-bin/menu/create', '/cgi-bin/media/upload', '/sns/oauth2/access_token', '/sns/jscode2session',
]

/** The fault that a filled form stands for; null when a number is none. An empty `times` means until removed. */
export function faultOf(form: { endpoint: string; account: string; kind: string; times: string; values: Record<string, string> }): NewFault | null {
  const given = (kindsFor(form.endpoint)[form.kind] ?? []).map(({ name, text }) => [name, text ? form.values[name]?.trim() || undefined : whole(form.values[name])] as const)
  const times = form.times.trim() ? whole(form.times) : null
  if (!form.endpoint.trim() || Number.isNaN(times) || given.some(([, value]) => Number.isNaN(value))) return null
  return { endpoint: form.endpoint.trim(), kind: form.kind, times, ...(form.account && { account: form.account }), ...Object.fromEntries(given) }
}

const whole = (text: string | undefined) => (text && /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN)
