/** One block of server-sent events: what happened, and to what; `null` stands for a comment, after which one looks for oneself. */
export interface Told { event: string; id: string | null }

/** Reads blocks from text that comes in pieces. */
export function blocks(): (piece: string) => (Told | null)[] {
  let rest = ''
  return (piece) => {
    const parts = (rest + piece).split('\n\n')
    rest = parts.pop() ?? ''
    return parts.map(read)
  }
}

function read(block: string): Told | null {
  const field = (name: string) => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  const event = field('event')
  if (!event) return null
  try {
    const { id } = JSON.parse(field('data') ?? '{}') as { id?: string }
    return { event, id: id ?? null }
  } catch {
    return { event, id: null }
  }
}

/** Listens until the stream ends or is ended; says whether it ever stood. */
export async function listen(token: string, signal: AbortSignal, tell: (told: Told | null) => void, send: typeof fetch = (...all) => fetch(...all)): Promise<boolean> {
  const answer = await send('/api/admin/v1/events', { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' }, cache: 'no-store', signal })
  if (!answer.ok || !answer.body) return false
  const next = blocks()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return true
    next(value).forEach(tell)
  }
}
