import { ref } from 'vue'

/** Whether this device has a network at all. */
export const online = ref(navigator.onLine)
addEventListener('online', () => (online.value = true))
addEventListener('offline', () => (online.value = false))
