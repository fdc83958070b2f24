import { markRaw, reactive, toRaw, watch } from 'vue'
import { freshKey } from '@ui/api/keys'
import { asApiError, type ApiError } from '@ui/api/problem'
import { api, ask } from '../api/client'

/** Words, or a picture, on their way. Words stay until the server has taken them, through lost networks and closed pages; `key` makes sure they are said once. */
export interface Waiting { key: string; text: string; at: string; error: ApiError | null; busy: boolean; picture?: Blob }

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
    const words = box.filter(({ picture }) => !picture)
    if (words.length === 0) localStorage.removeItem(place(thread))
    else localStorage.setItem(place(thread), JSON.stringify(words.map(({ key, text, at }) => ({ key, text, at }))))
  }, { deep: true })

  async function send(one: Waiting): Promise<void> {
    if (one.busy) return
    Object.assign(one, { busy: true, error: null })
    try {
      const params = { path: { id: thread }, header: { 'Idempotency-Key': one.key } }
      if (one.picture) await ask(api.POST('/conversations/{id}/pictures', { params, headers: { 'content-type': one.picture.type || 'application/octet-stream' }, body: toRaw(one.picture) as never, bodySerializer: (file) => file as never }))
      else await ask(api.POST('/conversations/{id}/messages', { params, body: { message: { kind: 'text', content: one.text } } }))
      discard(one.key)
      await said()
    } catch (cause) {
      one.error = asApiError(cause)
    } finally {
      one.busy = false
    }
  }
  function say(text: string, picture?: Blob): void {
    box.push({ key: freshKey(), text, at: new Date().toISOString(), error: null, busy: false, ...(picture && { picture: markRaw(picture) }) })
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
