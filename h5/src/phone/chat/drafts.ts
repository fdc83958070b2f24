import { reactive } from 'vue'

/** What was typed and not sent yet, by account key. */
export const drafts = reactive(new Map<string, string>())
