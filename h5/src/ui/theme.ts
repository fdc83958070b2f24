import { ref, watchEffect } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
const stored = localStorage.getItem('theme')
const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(system.matches)
system.addEventListener('change', (event) => (systemDark.value = event.matches))

/** What the reader chose; `auto` follows the device. Kept for the next visit. */
export const theme = ref<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto')

/** Keeps `data-theme` on the page in step with the choice. Call once at start. */
export function applyTheme(): void {
  watchEffect(() => {
    const dark = theme.value === 'dark' || (theme.value === 'auto' && systemDark.value)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
    localStorage.setItem('theme', theme.value)
  })
}
