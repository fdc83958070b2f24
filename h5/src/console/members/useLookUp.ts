import { computed, ref, watch } from 'vue'
import { usePaged } from '@ui/reading/paged'
import { api, ask } from '../api/client'
import { may } from '../rights'
import { asked, guessed, type By } from './asked'

const issuerPlace = 'card-issuer'

/** The search box: what is typed, by what it is looked for, and who was found. Without words all members, to whom that is open. */
export function useLookUp(all: boolean) {
  const text = ref('')
  const chosen = ref<By | null>(null)
  const issuer = ref(localStorage.getItem(issuerPlace) ?? 'pos')
  const by = computed<By>({ get: () => chosen.value ?? guessed(text.value), set: (value) => (chosen.value = value) })
  const question = ref<ReturnType<typeof asked>>(null)
  const everybody = all && may('members')

  const found = usePaged((cursor) => {
    const query = cursor ? { cursor } : {}
    if (question.value) return ask(api.POST('/members/look-up', { params: { query }, body: question.value }))
    return everybody ? ask(api.GET('/members', { params: { query } })) : Promise.resolve({ items: [] })
  }, (row) => row.id, question)

  function search() {
    localStorage.setItem(issuerPlace, issuer.value)
    question.value = asked(by.value, text.value, issuer.value)
  }
  // An emptied box shows everybody again, and the guess is free again.
  watch(text, (value) => {
    if (value.trim()) return
    chosen.value = null
    question.value = null
  })
  return { text, by, issuer, question, found, search }
}
