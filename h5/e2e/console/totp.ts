import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function decoded(secret: string): Buffer {
  const bits = [...secret.replace(/[\s=]/g, '')].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)))
}

/** The half minute it is, which codes are counted by. */
export const step = (): number => Math.floor(Date.now() / 30_000)

/** What an authenticator shows in a half minute (RFC 6238: SHA-1, six digits). */
export function codeAt(secret: string, at: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(at))
  const digest = createHmac('sha1', decoded(secret)).update(counter).digest()
  const from = digest.at(-1)! & 15
  return String((digest.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
