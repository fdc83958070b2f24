import type { NewFault } from '../contract'

/** A number or text that a kind of fault needs; `start` is what the form shows at first. */
export interface Parameter { name: 'errcode' | 'errmsg' | 'status' | 'millis' | 'seconds' | 'code' | 'text' | 'reason'; start: string; text?: true }

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

const error: Parameter[] = [{ name: 'code', start: 'SYSTEMERROR', text: true }, { name: 'text', start: '', text: true }]

/** What can go wrong when the service calls WeChat Pay, before or after money moved. */
export const payFaults: Record<string, Parameter[]> = {
  pay_error_after: error, pay_error: error,
  http_after: [{ name: 'status', start: '502' }], http: [{ name: 'status', start: '502' }],
  reset_after: [], reset_before: [],
  slow: [{ name: 'millis', start: '6000' }], hang: [{ name: 'millis', start: '6000' }],
  processing: [{ name: 'seconds', start: '1200' }, { name: 'reason', start: '', text: true }],
  hidden: [{ name: 'seconds', start: '300' }],
  truncated: [], extra_fields: [], wrong_signature: [], other_key: [], unsigned: [],
}

/** What can go wrong when WeChat Pay tells the service how a transfer ended. */
export const notifyFaults: Record<string, Parameter[]> = {
  duplicate: [], hold: [], lost: [], cut_after: [], wrong_amount: [], probe: [], wrong_signature: [], wrong_key: [], other_key: [],
  skew: [{ name: 'seconds', start: '-600' }],
}

const isPay = (endpoint: string) => endpoint.startsWith('/v3/') || endpoint.startsWith('/mmpaymkttransfers/')

/** Whether a fault is about merchants rather than accounts. */
export const isMerchants = (endpoint: string) => endpoint === 'pay_notify' || isPay(endpoint)

export function kindsFor(endpoint: string) {
  if (endpoint === 'callback') return callbackFaults
  if (endpoint === 'pay_notify') return notifyFaults
  return isPay(endpoint) ? payFaults : apiFaults
}

/** Endpoints offered first; any other path can be typed. */
export const endpoints = [
  'callback', '/cgi-bin/message/custom/send', '/cgi-bin/message/template/send', '/cgi-bin/message/subscribe/bizsend', '/cgi-bin/stable_token', '/cgi-bin/token',
  '/cgi-bin/user/info', '/cgi-bin/qrcode/create', '/cgi-bin/menu/create', '/cgi-bin/media/upload', '/sns/oauth2/access_token', '/sns/jscode2session',
  'pay_notify', '/v3/fund-app/mch-transfer/transfer-bills', '/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}', '/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}/cancel',
  '/v3/bill/fundflowbill', '/mmpaymkttransfers/sendredpack', '/mmpaymkttransfers/gethbinfo',
]

/** The fault that a filled form stands for; null when a number is none. An empty `times` means until removed. */
export function faultOf(form: { endpoint: string; account: string; kind: string; times: string; values: Record<string, string> }): NewFault | null {
  const given = (kindsFor(form.endpoint)[form.kind] ?? []).map(({ name, text }) => [name, text ? form.values[name]?.trim() || undefined : whole(form.values[name])] as const)
  const times = form.times.trim() ? whole(form.times) : null
  if (!form.endpoint.trim() || Number.isNaN(times) || given.some(([, value]) => Number.isNaN(value))) return null
  const after = form.kind === 'pay_error_after'
  return { endpoint: form.endpoint.trim(), kind: after ? 'pay_error' : form.kind, times, ...(after && { after }), ...(form.account && { account: form.account }), ...Object.fromEntries(given) }
}

const whole = (text: string | undefined) => (text && /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN)
