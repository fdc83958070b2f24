const place = 'thread-members'

function all(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

/** The member that staff have found for a thread on this device. */
export const linked = (thread: string): string | null => all()[thread] ?? null

/** Remembers, or forgets, who is on the other side of a thread; the oldest go beyond 500. */
export function link(thread: string, member: string | null): void {
  const { [thread]: _, ...rest } = all()
  const rows = Object.entries(member ? { ...rest, [thread]: member } : rest).slice(-500)
  localStorage.setItem(place, JSON.stringify(Object.fromEntries(rows)))
}
