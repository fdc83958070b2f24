import { reactive } from 'vue'

export interface Toast { id: number; text: string; tone: 'ok' | 'bad' }

/** Short messages about what was just done; shown and spoken by ToastHost, newest last. */
export const toasts = reactive<Toast[]>([])
let next = 1

/** Shows `text` for a while: longer when something went wrong. */
export function toast(text: string, tone: Toast['tone'] = 'ok'): void {
  const id = next++
  toasts.push({ id, text, tone })
  setTimeout(() => dismiss(id), tone === 'ok' ? 2600 : 7000)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((item) => item.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
