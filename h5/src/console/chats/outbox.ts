import { reactive, watch } from 'vue'
import { api, ask } from '../api/client'
import { freshKey } from '../api/keys'
import { asApiError, type ApiError } from '../api/problem'

/** Words on their way. They stay until the server has taken them, through lost networks and closed pages; `key` makes sure they are said once. */
export interface Waiting { key: string; text: string; at: string; error: ApiError | null; busy: boolean }

const place = (thread: string) => `draft:outbox:${thread}`
const boxes = new Map<string, Waiting[]>()

function kept(thread: string): Waiting[] {
  try {
    const rows = JSON.parse(localStorage.getItem(place(thread)) ?? '[]') as Pick<Waiting, 'key' | 'text' | 'at'>[]
    return rows.map((row) => ({ ...row, error: null, busy: false }))
  } catch {
    return []
  }
}

/** The words of one thread that are not said yet, the first typed first. */
export function useOutbox(thread: string, said: () => unknown) {
  const box = boxes.get(thread) ?? reactive(kept(thread))
  boxes.set(thread, box)
  watch(box, () => {
    if (box.length === 0) localStorage.removeItem(place(thread))
    else localStorage.setItem(place(thread), JSON.stringify(box.map(({ key, text, at }) => ({ key, text, at }))))
  }, { deep: true })

  async function send(one: Waiting): Promise<void> {
    if (one.busy) return
    Object.assign(one, { busy: true, error: null })
    try {
      await ask(api.POST('/conversations/{id}/messages', { params: { path: { id: thread }, header: { 'Idempotency-Key': one.key } }, body: { message: { kind: 'text', content: one.text } } }))
      discard(one.key)
      await said()
    } catch (cause) {
      one.error = asApiError(cause)
    } finally {
      one.busy = false
    }
  }
  function say(text: string): void {
    box.push({ key: freshKey(), text, at: new Date().toISOString(), error: null, busy: false })
    const row = box.at(-1)
    if (row) void send(row)
  }
  function discard(key: string): void {
    const at = box.findIndex((row) => row.key === key)
    if (at >= 0) box.splice(at, 1)
  }
  /** Sends again, in order, what only the network has kept back. */
  async function retry(): Promise<void> {
    for (const row of [...box]) if (!row.busy && (row.error === null || row.error.passing)) await send(row)
  }
  return { box, say, send, discard, retry }
}
