/** Whether a text can be a code of an authenticator: six digits, with a space between them or not. */
export const isCode = (text: string): boolean => /^\d{3} ?\d{3}$/.test(text.trim())

/** A secret in groups of four, as people type it. */
export const grouped = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? ''
