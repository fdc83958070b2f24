/** What a correction would do: the change to send, or null while it is none that can be. `below`: nobody has less than nothing. */
export function corrected(way: 'more' | 'fewer', text: string, balance: number): { change: number | null; after: number; below: boolean } {
  const amount = /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text.trim()) : null
  if (amount === null) return { change: null, after: balance, below: false }
  const change = way === 'more' ? amount : -amount
  const after = balance + change
  return after < 0 ? { change: null, after, below: true } : { change, after, below: false }
}
