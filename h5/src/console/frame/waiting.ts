import { shallowReactive } from 'vue'
import type { EntryKey } from './entries'

/** How much waits for staff behind each of the five places; told by the pages that count it. */
export const waiting = shallowReactive<Partial<Record<EntryKey, number>>>({})
