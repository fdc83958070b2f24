/** The points of a line through `values` in a box, with room for the stroke; a flat line lies in the middle. Fewer than two values draw nothing. */
export function points(values: number[], width: number, height: number, room = 2): [number, number][] {
  if (values.length < 2) return []
  const low = Math.min(...values)
  const span = Math.max(...values) - low
  const across = (width - 2 * room) / (values.length - 1)
  const tenth = (value: number) => Math.round(value * 10) / 10
  return values.map((value, at) => [tenth(room + at * across), tenth(span === 0 ? height / 2 : height - room - ((value - low) / span) * (height - 2 * room))])
}
