import type { Outgoing, SendType } from '../contract'

/** A field of an attachment's form: which field of the message it fills, and what stands there at first. */
export interface FormField { name: keyof Outgoing; start: string; number?: true }

/** The forms of those attachments that need one. */
export const forms: Partial<Record<SendType, FormField[]>> = {
  location: [{ name: 'label', start: '上海市黄浦区人民大道' }, { name: 'latitude', start: '31.2304', number: true }, { name: 'longitude', start: '121.4737', number: true }],
  link: [{ name: 'title', start: '' }, { name: 'description', start: '' }, { name: 'url', start: 'https://' }],
  miniprogrampage: [{ name: 'title', start: '' }, { name: 'path', start: 'pages/index/index' }],
}

/** The message that a filled form stands for; null when a number is none. */
export function filled(type: SendType, fields: FormField[], values: Record<string, string>): Outgoing | null {
  const entries = fields.map(({ name, number }) => [name, number ? Number(values[name]) : (values[name] ?? '').trim()] as const)
  if (entries.some(([, value]) => Number.isNaN(value))) return null
  return { type, ...Object.fromEntries(entries) }
}
