/**
 * Where the arrow keys lead in a row or column of `count` items when item `at` has the focus; wraps at both ends.
 * Answers null for other keys, and stops the page from scrolling when it answers.
 */
export function roving(event: Pick<KeyboardEvent, 'key' | 'preventDefault'>, at: number, count: number): number | null {
  if (count === 0) return null
  const to = {
    ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: count - 1,
  }[event.key]
  if (to === undefined) return null
  event.preventDefault()
  return (to + count) % count
}
