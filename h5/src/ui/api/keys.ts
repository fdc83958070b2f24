const place = 'keys'

const read = (): Record<string, string> => JSON.parse(sessionStorage.getItem(place) ?? '{}') as Record<string, string>
const write = (keys: Record<string, string>) => sessionStorage.setItem(place, JSON.stringify(keys))

/** A fresh idempotency key: 128 bits. `randomUUID` is not there on a page that came over plain HTTP. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A short stable name of a text, so that no words of members are kept. */
export async function nameOf(text: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return fnv(text)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Without a secure context there is no digest; two differently seeded 32-bit FNV-1a sums are enough for one tab.
function fnv(text: string): string {
  const sum = (seed: number) => [...text].reduce((hash, sign) => Math.imul(hash ^ sign.codePointAt(0)!, 16_777_619) >>> 0, seed)
  return `${sum(2_166_136_261).toString(16)}${sum(40_389).toString(16)}-${text.length}`
}

/**
 * The key of what is intended: the same one each time until it was answered for good, also after the page was loaded anew.
 * So whatever is sent again takes effect once.
 */
export async function keyOf(intent: string): Promise<string> {
  const name = await nameOf(intent)
  const keys = read()
  const key = keys[name] ?? freshKey()
  write({ ...keys, [name]: key })
  return key
}

/** The intention was answered: the next same one is another. */
export async function answered(intent: string): Promise<void> {
  const { [await nameOf(intent)]: _, ...rest } = read()
  write(rest)
}
