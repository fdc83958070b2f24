import type { Of } from '@ui/api/types'
import { shown, typed } from './amounts'

type Terms = Of<'CampaignTerms'>
export type GivesKind = Terms['gives']['kind']
export type AmountKind = Terms['amount']['kind']

/** The terms of a campaign as they are typed: texts, so that a draft can be kept half done. */
export interface CampaignForm {
  name: string; gives: GivesKind; amount: AmountKind; fixed: string; min: string; max: string; shares: string; budget: string
  starts: string; ends: string; phone: boolean; follows: string; days: string
  total: string; perDay: string; perPerson: string; perPersonDay: string; hours: string; again: boolean; months: string
  merchant: string; account: string; sender: string; wishing: string; remark: string; scene: string; reports: string
}

export const kinds: GivesKind[] = ['points', 'red_packet', 'mini_red_packet', 'transfer']
export const isMoney = (form: Pick<CampaignForm, 'gives'>): boolean => form.gives !== 'points'

/** A moment as a date field shows it, in Shanghai; and back. */
export const localTime = (at: string | Date): string => new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
export const fromLocal = (local: string): string | null => (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? `${local}:00+08:00` : null)

/** A fresh form: fourteen days from the next full hour, once for each person. */
export function emptyForm(now: Date): CampaignForm {
  const start = new Date(Math.ceil(now.getTime() / 3_600_000) * 3_600_000)
  return {
    name: '', gives: 'points', amount: 'fixed', fixed: '', min: '', max: '', shares: '', budget: '', starts: localTime(start), ends: localTime(new Date(start.getTime() + 14 * 86_400_000)),
    phone: true, follows: '', days: '', total: '', perDay: '', perPerson: '1', perPersonDay: '', hours: '', again: false, months: '',
    merchant: 'main', account: 'brand', sender: '', wishing: '', remark: '', scene: '', reports: '',
  }
}

/** The form of terms that are there. */
export function formOf(terms: Terms): CampaignForm {
  const money = terms.gives.kind !== 'points'
  const say = (value: number) => shown(value, money)
  const number = (value: number | null | undefined) => (value ? String(value) : '')
  const { amount, gives, caps = {}, eligibility = {} } = terms
  return {
    name: terms.name, gives: gives.kind, amount: amount.kind, budget: say(terms.budget), starts: localTime(terms.starts_at), ends: localTime(terms.ends_at),
    fixed: amount.kind === 'fixed' ? say(amount.amount) : '', min: 'min' in amount ? say(amount.min) : '', max: 'max' in amount ? say(amount.max) : '', shares: amount.kind === 'lucky' ? String(amount.shares) : '',
    phone: eligibility.phone ?? false, follows: eligibility.follows ?? '', days: number(eligibility.member_for_days),
    total: number(caps.total), perDay: number(caps.per_day), perPerson: number(caps.per_person), perPersonDay: number(caps.per_person_day), hours: number(terms.claim?.hours), again: terms.again ?? false, months: 'months' in gives ? number(gives.months) : '',
    merchant: 'merchant' in gives ? gives.merchant : 'main', account: 'account' in gives ? gives.account : 'brand',
    sender: 'send_name' in gives ? gives.send_name : '', wishing: 'wishing' in gives ? gives.wishing : '', remark: 'remark' in gives ? gives.remark : '', scene: ('scene' in gives && gives.scene) || '',
    reports: 'reports' in gives ? gives.reports.map((one) => `${one.info_type}：${one.info_content}`).join('\n') : '',
  }
}

const whole = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text.trim()) : null)
const bytes = (text: string): number => new TextEncoder().encode(text.trim()).length

/** What is wrong with the form, by field; nothing when it can be saved. The server checks it all again. */
export function flaws(form: CampaignForm): Partial<Record<keyof CampaignForm, string>> {
  const money = isMoney(form)
  const wrong: Partial<Record<keyof CampaignForm, string>> = {}
  const need = (field: keyof CampaignForm, good: boolean, why: string) => good || (wrong[field] ??= why)
  need('name', form.name.trim() !== '' && [...form.name.trim()].length <= 60, 'needed')
  const [min, max, budget] = [typed(form.min, money), typed(form.max, money), typed(form.budget, money)]
  if (form.amount === 'fixed') need('fixed', typed(form.fixed, money) !== null, 'amount')
  else {
    need('max', max !== null, 'amount')
    if (form.amount !== 'asked') need('min', min !== null && (max === null || min <= max), 'range')
    if (form.amount === 'lucky') need('shares', whole(form.shares) !== null, 'whole')
  }
  need('budget', budget !== null, 'amount')
  const [starts, ends] = [fromLocal(form.starts), fromLocal(form.ends)]
  need('starts', starts !== null, 'needed')
  need('ends', ends !== null && (starts === null || Date.parse(ends) > Date.parse(starts)), 'after')
  for (const field of ['days', 'total', 'perDay', 'perPerson', 'perPersonDay', 'hours', 'months'] as const) need(field, form[field].trim() === '' || whole(form[field]) !== null, 'whole')
  if (!money) return wrong
  need('merchant', form.merchant.trim() !== '', 'needed')
  need('account', form.account.trim() !== '', 'needed')
  need('remark', form.remark.trim() !== '', 'needed')
  if (form.gives === 'transfer') {
    need('scene', /^\d{1,36}$/.test(form.scene.trim()), 'needed')
    return wrong
  }
  need('sender', form.sender.trim() !== '' && bytes(form.sender) <= 32, 'bytes32')
  need('wishing', form.wishing.trim() !== '' && bytes(form.wishing) <= 128, 'bytes128')
  return wrong
}

function givesOf(form: CampaignForm): Terms['gives'] {
  const text = (field: 'merchant' | 'account' | 'sender' | 'wishing' | 'remark' | 'scene') => form[field].trim()
  if (form.gives === 'points') return { kind: 'points', months: whole(form.months) }
  const payer = { merchant: text('merchant'), account: text('account'), remark: text('remark') }
  if (form.gives === 'transfer') {
    const reports = form.reports.split('\n').flatMap((line) => {
      const [type = '', ...rest] = line.split(/[：:]/)
      return type.trim() && rest.length > 0 ? [{ info_type: type.trim(), info_content: rest.join('：').trim() }] : []
    })
    return { kind: 'transfer', ...payer, scene: text('scene'), reports }
  }
  // WeChat takes 32 bytes for the name of the act; what does not fit is cut at a whole sign.
  let name = ''
  for (const sign of form.name.trim()) {
    if (bytes(name + sign) > 32) break
    name += sign
  }
  return { kind: form.gives, ...payer, send_name: text('sender'), wishing: text('wishing'), act_name: name, scene: text('scene') || null }
}

function amountOf(form: CampaignForm): Terms['amount'] {
  const value = (text: string) => typed(text, isMoney(form)) ?? 0
  switch (form.amount) {
    case 'fixed': return { kind: 'fixed', amount: value(form.fixed) }
    case 'random': return { kind: 'random', min: value(form.min), max: value(form.max) }
    case 'lucky': return { kind: 'lucky', min: value(form.min), max: value(form.max), shares: whole(form.shares) ?? 0 }
    case 'asked': return { kind: 'asked', max: value(form.max) }
  }
}

/** The terms that a form without flaws stands for; what the form does not show stays as in `before`. */
export function termsOf(form: CampaignForm, before?: Terms): Terms {
  const hours = whole(form.hours)
  return {
    ...before,
    name: form.name.trim(), gives: givesOf(form), amount: amountOf(form), budget: typed(form.budget, isMoney(form)) ?? 0,
    starts_at: fromLocal(form.starts) ?? '', ends_at: fromLocal(form.ends) ?? '',
    caps: { total: whole(form.total), per_day: whole(form.perDay), per_person: whole(form.perPerson), per_person_day: whole(form.perPersonDay) },
    eligibility: { phone: form.phone, follows: form.follows.trim() || null, member_for_days: whole(form.days) },
    claim: hours === null ? null : { hours }, again: form.again,
  }
}

/** What it would cost, for the form's own eyes: how many times the budget is enough, and the most for one person. Null while it cannot be said. */
export function estimate(form: CampaignForm): { least: number; most: number; person: number | null } | null {
  const money = isMoney(form)
  const budget = typed(form.budget, money)
  const high = typed(form.amount === 'fixed' ? form.fixed : form.max, money)
  const low = form.amount === 'fixed' ? high : form.amount === 'asked' ? high : typed(form.min, money)
  if (budget === null || high === null || low === null) return null
  const cap = whole(form.total) ?? Infinity
  const times = whole(form.perPerson)
  if (form.amount === 'lucky') {
    const shares = whole(form.shares)
    return shares === null ? null : { least: shares, most: shares, person: times === null ? null : times * high }
  }
  return { least: Math.min(cap, Math.floor(budget / high)), most: Math.min(cap, Math.floor(budget / low)), person: times === null ? null : Math.min(budget, times * high) }
}
