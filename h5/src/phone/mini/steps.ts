import { computed, ref } from 'vue'
import type { Api } from '../api'
import type { Answered, Asked, Person, Service } from '../contract'

/** One request of the mini program with its answer. `id` rises. */
export interface Step { id: number; asked: Asked; answered: Answered }

/** The token of a session in a login's answer, under the names that services use; null when there is none. */
export function tokenOf(answer: string): string | null {
  try {
    const body: unknown = JSON.parse(answer)
    if (!body || typeof body !== 'object') return null
    const named = Object.entries(body).find(([name, value]) => ['token', 'access_token', 'session'].includes(name) && typeof value === 'string')
    return named ? String(named[1]) : null
  } catch {
    return null
  }
}

/** Whether an answer is one of success. */
export const went = ({ status }: Answered) => status !== null && status >= 200 && status < 300

/** A mini program in the hand of one person: what it asked, and the session it holds. */
export function useMini(api: Api, account: string, person: () => Person, service: () => Service) {
  const steps = ref<Step[]>([])
  const token = ref<string | null>(null)

  async function ask(asked: Asked): Promise<Answered> {
    const answered = await api.ask(asked)
    steps.value = [{ id: steps.value.length + 1, asked, answered }, ...steps.value]
    return answered
  }

  async function login() {
    const code = await api.login(person().id, account)
    const answered = await ask({ path: service().login_path, body: { account, code } })
    token.value = went(answered) ? tokenOf(answered.answer) : null
  }

  async function givePhone(number: string) {
    const { code } = await api.tapPhone(person().id, account, number)
    await ask({ path: service().phone_path, body: { code }, ...(token.value && { token: token.value }) })
  }

  return { steps, loggedIn: computed(() => token.value !== null), login, givePhone }
}
