import type { Allowance } from '../contract'

/** What all open windows together permit: `left` null = without limit; `closes` = when the last of them closes. */
export interface Permitted { left: number | null; closes: Date | null; open: Allowance[] }

/** Sums the windows that are still open at `now`; those used up count as open with nothing left. */
export function permitted(window: Allowance[], now: Date): Permitted {
  const open = window.filter((one) => Date.parse(one.closes_at) > now.getTime())
  const useful = open.filter((one) => one.left !== 0)
  const left = useful.some((one) => one.left === null) ? null : useful.reduce((sum, one) => sum + (one.left ?? 0), 0)
  const last = Math.max(...useful.map((one) => Date.parse(one.closes_at)))
  return { left, closes: useful.length > 0 ? new Date(last) : null, open }
}
