/** One thing that was promised or given. */
export interface Spent { created_at: string; amount: number; came_back: number; state: string }

const gone = ({ state, amount, came_back }: Spent): number => (state === 'refused' || state === 'returned' || state === 'lapsed' ? 0 : amount - came_back)

/** What was left at each moment, the earliest first, ending with what is left now. `grants` are the latest ones, in any order. */
export function burnDown(grants: Spent[], leftNow: number, now: Date): [string, number][] {
  const steps = grants.filter((one) => gone(one) > 0).sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
  const line: [string, number][] = [[now.toISOString(), leftNow]]
  let left = leftNow
  for (const one of steps) {
    line.push([one.created_at, left])
    left += gone(one)
  }
  const first = steps.at(-1)
  if (first) line.push([new Date(Date.parse(first.created_at) - 1).toISOString(), left])
  return line.reverse()
}

/** In how many milliseconds the budget is used up at the pace of what is shown; null when nothing was given or nothing is left. */
export function lasts(line: [string, number][]): number | null {
  const [first, last] = [line[0], line.at(-1)]
  if (!first || !last || line.length < 3) return null
  const used = first[1] - last[1]
  const took = Date.parse(last[0]) - Date.parse(first[0])
  return used > 0 && took > 0 && last[1] > 0 ? (last[1] / used) * took : null
}
