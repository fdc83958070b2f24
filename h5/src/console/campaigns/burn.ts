/** In how many milliseconds the budget is used up at the pace of what is shown; null when nothing was given or nothing is left. */
export function lasts(line: [string, number][]): number | null {
  const [first, last] = [line[0], line.at(-1)]
  if (!first || !last || line.length < 3) return null
  const used = first[1] - last[1]
  const took = Date.parse(last[0]) - Date.parse(first[0])
  return used > 0 && took > 0 && last[1] > 0 ? (last[1] / used) * took : null
}
