import type { Of } from '@ui/api/types'

export type By = 'phone' | 'card' | 'name'

/** What a typed text most likely is: a mainland phone number, a card number, or a name. */
export function guessed(text: string): By {
  const plain = text.replace(/[\s-]/g, '')
  if (/^(\+?86)?1\d{10}$/.test(plain) || /^\+\d{6,15}$/.test(plain)) return 'phone'
  return /^[A-Za-z]{0,4}\d{4,}[A-Za-z0-9]*$/.test(plain) ? 'card' : 'name'
}

/** The question to the server; null while there is not enough to ask. */
export function asked(by: By, text: string, issuer: string): Of<'LookUp'> | null {
  const trimmed = text.trim()
  if (!trimmed) return null
  if (by === 'phone') return { phone: trimmed.replace(/[\s-]/g, '') }
  if (by === 'card') return issuer.trim() ? { card: { issuer: issuer.trim(), number: trimmed } } : null
  return { name: trimmed }
}
