import { computed, ref } from 'vue'

const tick = ref(Date.now())
const skew = ref(0)
setInterval(() => document.hidden || (tick.value = Date.now()), 1000)

/** Now, by the server's clock: a phone that goes wrong must not show a wrong countdown. Moves once a second. */
export const now = computed(() => new Date(tick.value + skew.value))

/** The server says what time it is, to the second; small differences are the network's. */
export function told(server: Date): void {
  const difference = server.getTime() - Date.now()
  skew.value = Math.abs(difference) > 5000 ? difference : 0
}
