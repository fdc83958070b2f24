import type { Of } from '@ui/api/types'

export type Consent = Of<'Consent'>

/** Whether what was answered was answered to other words than those of today. */
export const outdated = ({ text, version }: Pick<Consent, 'text' | 'version'>): boolean => Boolean(text && version && version !== text.version)

/** Serving a member needs no yes, and where nothing is asked nothing can be answered. */
export const answerable = ({ purpose, text }: Pick<Consent, 'purpose' | 'text'>): boolean => purpose !== 'service' && Boolean(text)
