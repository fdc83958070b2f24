import { onScopeDispose, watch } from 'vue'
import { session } from './session'
import { listen, type Told } from './stream'

type Hear = (told: Told | null) => void
const listeners = new Set<Hear>()
/** How soon a broken stream is opened again. */
const again = 3000
/** Milliseconds between two looks: when something is told, and when something may have been missed. */
const whenTold = 500
const whenMissed = 3000
/** Whether the stream stands, so that nobody has to ask on a timer. */
let stands = false
let running: AbortController | null = null

/** Keeps one stream for the whole page, as long as somebody listens, is signed in and looks at it. */
function tend(): void {
  const wanted = listeners.size > 0 && session.token !== null && !document.hidden && navigator.onLine
  if (!wanted) {
    running?.abort()
    running = null
    stands = false
  } else if (!running) {
    running = new AbortController()
    void keep(session.token!, running)
  }
}

async function keep(token: string, mine: AbortController): Promise<void> {
  while (!mine.signal.aborted) {
    try {
      await listen(token, mine.signal, (told) => {
        stands = true
        listeners.forEach((hear) => hear(told))
      })
    } catch {
      // The line broke; what was missed is asked for below.
    }
    if (mine.signal.aborted) return
    if (stands) listeners.forEach((hear) => hear(null))
    stands = false
    await new Promise((resolve) => setTimeout(resolve, again))
  }
}

watch(() => session.token, () => {
  running?.abort()
  running = null
  stands = false
  tend()
})
document.addEventListener('visibilitychange', tend)
addEventListener('online', tend)
addEventListener('offline', tend)

/**
 * Keeps something true while the page can be seen: asks when the server tells that something changed, `about` these events if
 * any are named, when the page comes back to sight and when the network returns. Without a stream it asks every few seconds.
 * The one place that asks on a timer.
 */
export function useLive(ask: () => unknown, every = 5000, about?: (told: Told) => boolean): void {
  // The page reads for itself when it opens.
  let last = Date.now()
  let due = Infinity
  let later: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    if (document.hidden || !navigator.onLine) return
    clearTimeout(later)
    due = Infinity
    last = Date.now()
    void ask()
  }
  // What happens all the time is asked for a few times in a second at most.
  const hear: Hear = (news) => {
    if (news && about && !about(news)) return
    const at = Math.max(Date.now(), last + (news ? whenTold : whenMissed))
    if (at >= due) return
    clearTimeout(later)
    due = at
    later = setTimeout(look, at - Date.now())
  }
  const timer = setInterval(() => {
    if (!stands) look()
  }, every)
  listeners.add(hear)
  tend()
  document.addEventListener('visibilitychange', look)
  addEventListener('online', look)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(later)
    listeners.delete(hear)
    tend()
    document.removeEventListener('visibilitychange', look)
    removeEventListener('online', look)
  })
}
