import type { Of } from '@ui/api/types'
import { shown, typed } from '../campaigns/amounts'
import { fromLocal, localTime } from '../campaigns/form'

type Terms = Of<'ShareTerms'>
export interface PageForm { page: string; title: string; picture: string }
export const deeds = ['visit', 'registered', 'purchase'] as const
export type ShareDeed = (typeof deeds)[number]

/** A share campaign as it is typed: texts, so that a draft can be kept half done. */
export interface ShareForm {
  name: string; starts: string; ends: string; pages: PageForm[]; dwell: string; window: string; purchase: string
  /** The campaigns that give points, and for how many a day. */
  gives: Record<ShareDeed, string>; perDay: Record<ShareDeed, string>
}

export const emptyPage = (): PageForm => ({ page: '', title: '', picture: '' })

/** A fresh form: thirty days from the next full hour, ten seconds on the page, a week to register. */
export function emptyShare(now: Date): ShareForm {
  const start = new Date(Math.ceil(now.getTime() / 3_600_000) * 3_600_000)
  return {
    name: '', starts: localTime(start), ends: localTime(new Date(start.getTime() + 30 * 86_400_000)), pages: [emptyPage()], dwell: '10', window: '7', purchase: '',
    gives: { visit: '', registered: '', purchase: '' }, perDay: { visit: '10', registered: '10', purchase: '10' },
  }
}

const each = <T>(make: (deed: ShareDeed) => T) => Object.fromEntries(deeds.map((deed) => [deed, make(deed)])) as Record<ShareDeed, T>

/** The form of terms that are there. */
export function shareFormOf({ rules, ...terms }: Terms): ShareForm {
  return {
    name: terms.name, starts: localTime(terms.starts_at), ends: localTime(terms.ends_at), pages: rules.pages.map(({ page, title, picture }) => ({ page, title, picture: picture ?? '' })),
    dwell: String(rules.dwell_seconds ?? 10), window: String(rules.window_days ?? 7), purchase: (rules.purchase_fen ?? 1) > 1 ? shown(rules.purchase_fen!, true) : '',
    gives: each((deed) => rules.rewards?.[deed] ?? ''), perDay: each((deed) => String(rules.per_day?.[deed] ?? 10)),
  }
}

const whole = (text: string, least: number, most: number): number | null => {
  const value = /^\d{1,4}$/.test(text.trim()) ? Number(text.trim()) : NaN
  return value >= least && value <= most ? value : null
}
const path = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,255}$/
const address = /^(https:\/\/|\/)[^\s"'<>]+$/

/** What is wrong with the form, by the path of the field; nothing when it can be saved. The server checks it all again. */
export function shareFlaws(form: ShareForm): Record<string, string> {
  const wrong: Record<string, string> = {}
  const need = (field: string, good: boolean, why: string) => good || (wrong[field] ??= why)
  need('name', form.name.trim() !== '' && [...form.name.trim()].length <= 60, 'needed')
  const [starts, ends] = [fromLocal(form.starts), fromLocal(form.ends)]
  need('starts', starts !== null, 'needed')
  need('ends', ends !== null && (starts === null || Date.parse(ends) > Date.parse(starts)), 'after')
  need('pages', form.pages.length > 0 && form.pages.length <= 50, 'needed')
  form.pages.forEach(({ page, title, picture }, at) => {
    need(`pages.${at}.page`, path.test(page.trim()), 'page')
    need(`pages.${at}.page`, form.pages.findIndex((one) => one.page.trim() === page.trim()) === at, 'twice')
    need(`pages.${at}.title`, title.trim() !== '' && [...title.trim()].length <= 60, 'needed')
    need(`pages.${at}.picture`, picture.trim() === '' || address.test(picture.trim()), 'address')
  })
  need('dwell', whole(form.dwell, 0, 600) !== null, 'dwell')
  need('window', whole(form.window, 1, 365) !== null, 'window')
  need('purchase', form.purchase.trim() === '' || typed(form.purchase, true) !== null, 'amount')
  for (const deed of deeds) need(`perDay.${deed}`, whole(form.perDay[deed], 1, 1_000) !== null, 'per_day')
  return wrong
}

/** The terms that a form without flaws stands for. A start that was not touched stays to the second: it cannot change once it has run. */
export function shareTerms(form: ShareForm, before?: Terms): Terms {
  const starts = before && localTime(before.starts_at) === form.starts ? before.starts_at : (fromLocal(form.starts) ?? '')
  return {
    name: form.name.trim(), starts_at: starts, ends_at: fromLocal(form.ends) ?? '',
    rules: {
      pages: form.pages.map(({ page, title, picture }) => ({ page: page.trim(), title: title.trim(), picture: picture.trim() || null })),
      dwell_seconds: whole(form.dwell, 0, 600) ?? 0, window_days: whole(form.window, 1, 365) ?? 1, purchase_fen: typed(form.purchase, true) ?? 1,
      rewards: each((deed) => form.gives[deed] || null), per_day: each((deed) => whole(form.perDay[deed], 1, 1_000) ?? 1),
    },
  }
}
