import type { Of } from '@ui/api/types'
import { shown, typed } from './amounts'
import { fromLocal, localTime } from './form'

type Terms = Of<'ReferralTerms'>

/** A program of invitations as it is typed. */
export interface ProgramForm {
  name: string; starts: string; ends: string; attribution: 'first' | 'last'; window: string; phone: boolean; follow: string; stayed: string; purchase: string
  mature: string; leave: string; newOnly: boolean; levels: '1' | '2'; inviter: string; invitee: string; second: string
}

export function emptyProgram(now: Date): ProgramForm {
  const start = new Date(Math.ceil(now.getTime() / 3_600_000) * 3_600_000)
  return { name: '', starts: localTime(start), ends: localTime(new Date(start.getTime() + 30 * 86_400_000)), attribution: 'first', window: '30', phone: true, follow: 'brand', stayed: '', purchase: '', mature: '7', leave: '7', newOnly: true, levels: '1', inviter: '', invitee: '', second: '' }
}

export function programFormOf({ rules, ...terms }: Terms): ProgramForm {
  const number = (value: number | null | undefined) => (value ? String(value) : '')
  const { qualification = {}, rewards = {} } = rules
  return {
    name: terms.name, starts: localTime(terms.starts_at), ends: localTime(terms.ends_at), attribution: rules.attribution, window: String(rules.window_days), phone: qualification.phone ?? false, follow: qualification.follow ?? '', stayed: number(qualification.stayed_days),
    purchase: qualification.purchase_fen ? shown(qualification.purchase_fen, true) : '', mature: number(rules.mature_days), leave: number(rules.leave_days), newOnly: rules.new_only ?? false, levels: rules.levels === 2 ? '2' : '1',
    inviter: rewards.inviter ?? '', invitee: rewards.invitee ?? '', second: rewards.second ?? '',
  }
}

const whole = (text: string): number | null => (/^[1-9]\d{0,4}$/.test(text.trim()) ? Number(text.trim()) : null)

/** What is wrong with the form, by field. The server checks it all again. */
export function programFlaws(form: ProgramForm): Partial<Record<keyof ProgramForm, string>> {
  const wrong: Partial<Record<keyof ProgramForm, string>> = {}
  const need = (field: keyof ProgramForm, good: boolean, why: string) => good || (wrong[field] = why)
  need('name', form.name.trim() !== '', 'needed')
  const [starts, ends] = [fromLocal(form.starts), fromLocal(form.ends)]
  need('starts', starts !== null, 'needed')
  need('ends', ends !== null && (starts === null || Date.parse(ends) > Date.parse(starts)), 'after')
  need('window', whole(form.window) !== null, 'whole')
  for (const field of ['stayed', 'mature', 'leave'] as const) need(field, form[field].trim() === '' || whole(form[field]) !== null, 'whole')
  need('purchase', form.purchase.trim() === '' || typed(form.purchase, true) !== null, 'amount')
  return wrong
}

/** The terms that a form without flaws stands for; what the form does not show (guard, ladder, trust) stays as in `before`. */
export function programTerms(form: ProgramForm, before?: Terms): Terms {
  const campaign = (text: string) => text.trim() || null
  return {
    ...before,
    name: form.name.trim(), starts_at: fromLocal(form.starts) ?? '', ends_at: fromLocal(form.ends) ?? '',
    rules: {
      ...before?.rules,
      attribution: form.attribution, window_days: whole(form.window) ?? 0, mature_days: whole(form.mature) ?? 0, leave_days: whole(form.leave), new_only: form.newOnly, levels: Number(form.levels),
      qualification: { phone: form.phone, follow: form.follow.trim() || null, stayed_days: whole(form.stayed), purchase_fen: typed(form.purchase, true) },
      rewards: { ...before?.rules.rewards, inviter: campaign(form.inviter), invitee: campaign(form.invitee), second: form.levels === '2' ? campaign(form.second) : null },
    },
  }
}
