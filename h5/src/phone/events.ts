import type { SandboxEvent } from './contract'

/** `live` = events arrive; `lost` = trying again; `offline` = this device has no network. */
export type Connection = 'connecting' | 'live' | 'lost' | 'offline'

export interface Listener {
  onEvent: (event: SandboxEvent) => void
  /** Called at every (re)connection: whatever happened in between was missed, so read again. */
  onLive: () => void
  onConnection: (connection: Connection) => void
}

const longestPause = 15_000

/** Listens to the sandbox until the returned function is called; comes back by itself, with growing pauses. */
export function listen(url: string, { onEvent, onLive, onConnection }: Listener): () => void {
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = 500

  function open() {
    clearTimeout(timer)
    source = new EventSource(url)
    source.onopen = () => {
      pause = 500
      onConnection('live')
      onLive()
    }
    source.onmessage = (message) => onEvent(JSON.parse(message.data) as SandboxEvent)
    source.onerror = () => {
      onConnection(navigator.onLine ? 'lost' : 'offline')
      // The browser's own retries differ and stop after an HTTP error: ours do not.
      source.close()
      timer = setTimeout(open, pause)
      pause = Math.min(pause * 2, longestPause)
    }
  }

  function now() {
    source.close()
    open()
  }
  const offline = () => onConnection('offline')

  onConnection('connecting')
  open()
  addEventListener('online', now)
  addEventListener('offline', offline)
  return () => {
    clearTimeout(timer)
    source.close()
    removeEventListener('online', now)
    removeEventListener('offline', offline)
  }
}
