import { reactive } from 'vue'

/** What was typed and not sent yet, by person and account. */
export const drafts = reactive(new Map<string, string>())
