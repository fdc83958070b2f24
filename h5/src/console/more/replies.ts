import type { Of } from '@ui/api/types'

export type On = Of<'ReplyTrigger'>
export type OnKey = 'follow' | 'return' | 'exact' | 'contains' | 'pattern' | 'menu' | 'default'
export type Rule = Of<'ReplyRule'>

/** The key of a trigger, and its words as one text. */
export function heard(on: On): { key: OnKey; words: string } {
  const [key, value] = Object.entries(on)[0] as [OnKey, true | string | string[]]
  return { key, words: value === true ? '' : Array.isArray(value) ? value.join('、') : value }
}

/** What a rule says, in one line: its words, or what kind of thing it sends. */
export const repliesSaid = (rule: Pick<Rule, 'action'>, kind: (key: string) => string): string => (rule.action.replies ?? []).map((reply) => (reply.kind === 'text' ? reply.content : `[${kind(reply.kind)}]`)).join(' ')

export interface ReplyForm { name: string; account: string; on: OnKey; words: string; text: string; priority: string; enabled: boolean; human: boolean }

export function replyForm(rule: Rule | null): ReplyForm {
  if (!rule) return { name: '', account: 'brand', on: 'contains', words: '', text: '', priority: '0', enabled: true, human: false }
  const { key, words } = heard(rule.condition.on)
  const text = rule.action.replies?.find((reply) => reply.kind === 'text')
  return { name: rule.name, account: rule.account, on: key, words, text: text?.kind === 'text' ? text.content : '', priority: String(rule.priority), enabled: rule.enabled, human: rule.action.hand_over === 'human' }
}

/** Whether the form can change a rule: one text at most. Pictures and articles are written where they are uploaded. */
export const editable = (rule: Rule | null): boolean => (rule?.action.replies ?? []).every((reply) => reply.kind === 'text') && (rule?.action.replies ?? []).length <= 1

function onOf(form: ReplyForm): On {
  const words = form.words.split(/[、,，\n]/).map((word) => word.trim()).filter(Boolean)
  switch (form.on) {
    case 'exact': return { exact: words }
    case 'contains': return { contains: words }
    case 'pattern': return { pattern: form.words.trim() }
    case 'menu': return { menu: form.words.trim() }
    case 'follow': return { follow: true }
    case 'return': return { return: true }
    case 'default': return { default: true }
  }
}

/** The rule that a form stands for; null while it lacks something. What the form does not show stays as in `before`. */
export function draftOf(form: ReplyForm, before: Rule | null): Of<'Draft'> | null {
  const needsWords = ['exact', 'contains', 'pattern', 'menu'].includes(form.on)
  const replies = editable(before) ? (form.text.trim() ? [{ kind: 'text' as const, content: form.text.trim() }] : []) : (before?.action.replies ?? [])
  if (!form.name.trim() || !form.account.trim() || !/^-?\d{1,6}$/.test(form.priority.trim()) || (needsWords && !form.words.trim())) return null
  if (replies.length === 0 && !form.human) return null
  return {
    name: form.name.trim(), account: form.account.trim(), enabled: form.enabled, priority: Number(form.priority),
    condition: { ...before?.condition, on: onOf(form) }, action: { replies, hand_over: form.human ? 'human' : null },
  }
}
