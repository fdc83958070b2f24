import { computed, ref } from 'vue'
import type { Api } from '../api'
import type { Answered, Asked, Launch, Person, Service } from '../contract'

/** One request of the mini program with its answer. `id` rises. */
export interface Step { id: number; asked: Asked; answered: Answered }

/** Where WeChat says that somebody comes from who scanned a code of the program. */
const SCANNED = 1047

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
  const launch = ref<Launch | null>(null)

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

  /** Whatever the program asks for its person. */
  const asPerson = (asked: Asked) => ask({ ...asked, ...(token.value && { token: token.value }) })

  /** Shares a page: the service gives the key, the card goes to a friend or a group. */
  async function share(page: string): Promise<boolean> {
    const answered = await asPerson({ method: 'PUT', path: '/api/mini/v1/share-links', body: { page } })
    if (!went(answered)) return false
    const { path, title, picture } = JSON.parse(answered.answer) as { path: string; title: string | null; picture: string | null }
    await api.share(person().id, { account, path, ...(title && { title }), ...(picture && { picture }) })
    return true
  }

  /** Opens a card: the program logs in when it has to, and tells by which key its person came. */
  async function openShare(card: number, from: 'chat' | 'group') {
    launch.value = await api.openShare(person().id, card, from)
    if (!token.value) await login()
    const key = launch.value.query['share']
    if (key) await asPerson({ path: '/api/mini/v1/share-visits', body: { key, scene: launch.value.scene } })
  }

  /** Opens the program by a code that carries a scene: it logs in when it has to, and tells by which code its person came. */
  async function openCode(page: string, scene: string) {
    launch.value = { path: page, query: { scene }, scene: SCANNED }
    if (!token.value) await login()
    await asPerson({ path: '/api/mini/v1/touches', body: { code: scene, carrier: 'mini_code' } })
  }

  /** Says that the person has looked at the page for so long. */
  async function stay(seconds: number, at: Date) {
    if (!launch.value) return
    const event = { id: `${at.getTime()}-${steps.value.length}`, kind: 'dwell', page: launch.value.path, millis: seconds * 1000, at: at.toISOString() }
    await asPerson({ path: '/api/mini/v1/events', body: { events: [event] } })
  }

  return { steps, launch, loggedIn: computed(() => token.value !== null), login, givePhone, share, openShare, openCode, stay }
}
