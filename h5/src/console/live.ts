import { onScopeDispose } from 'vue'

/**
 * Keeps something true while the page can be seen: asks every few seconds, and at once when the page comes back to sight or
 * the network returns. The one place that asks on a timer: events from the server would take its place here.
 */
export function useLive(ask: () => unknown, every = 5000): void {
  const look = () => {
    if (!document.hidden && navigator.onLine) void ask()
  }
  const timer = setInterval(look, every)
  document.addEventListener('visibilitychange', look)
  addEventListener('online', look)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    removeEventListener('online', look)
  })
}
