import { computed, inject, reactive, ref, watch, type InjectionKey } from 'vue'
import type { Api } from './api'
import type { Chat, Outgoing, SandboxEvent, Wallet } from './contract'
import { listen, type Connection } from './events'
import { createReader, type Reader } from './reader'
import { chatKey, holder, rereads, type Reread } from './reduce'

/** A message that the sandbox did not take; it waits to be sent again or thrown away. */
export interface Unsent { id: number; person: string; account: string; message: Outgoing; why: unknown }

const page = 50
const typingLasts = 15_000

/** Everything the page knows, and the way it stays true: readings of the API, read again when an event says so. */
export function createPhone(api: Api) {
  const connection = ref<Connection>('connecting')
  const chosen = ref(localStorage.getItem('person'))
  const limits = reactive({ pushes: page, calls: page })
  const sandbox = createReader(api.state)
  const pushes = createReader(() => api.pushes(limits.pushes))
  const calls = createReader(() => api.calls(limits.calls))
  const codes = createReader(api.codes)
  const chats = new Map<string, Reader<Chat>>()
  const wallets = new Map<string, Reader<Wallet>>()
  const unsent = reactive<Unsent[]>([])
  const tick = ref(Date.now())
  const skew = ref(0)
  let nextUnsent = 1

  const state = computed(() => sandbox.reading.value)
  const person = computed(() => holder(state.value, chosen.value))
  const now = computed(() => {
    const fixed = state.value?.manual_clock ? state.value.now : null
    return fixed ? new Date(fixed) : new Date(tick.value + skew.value)
  })
  const accountOf = (key: string) => state.value?.accounts.find((account) => account.key === key) ?? null
  const nameOf = (id: string | null) => state.value?.people.find((one) => one.id === id)?.name ?? null

  function chat(account: string, of = person.value?.id): Reader<Chat> | null {
    if (!of) return null
    const key = chatKey(of, account)
    const known = chats.get(key)
    if (known) return known
    const reader = createReader(() => api.chat(of, account))
    chats.set(key, reader)
    void reader.read()
    return reader
  }

  function wallet(of = person.value?.id): Reader<Wallet> | null {
    if (!of) return null
    const known = wallets.get(of)
    if (known) return known
    const reader = createReader(() => api.wallet(of))
    wallets.set(of, reader)
    void reader.read()
    return reader
  }

  function reread(what: Reread): Promise<void> | undefined {
    if (what.what === 'chat') return chats.get(chatKey(what.person, what.account))?.read()
    if (what.what === 'wallet') return wallets.get(what.person)?.read()
    return { state: sandbox, pushes, calls }[what.what].read()
  }

  function onEvent(event: SandboxEvent) {
    for (const what of rereads(event)) void reread(what)
    if (event.type !== 'typing') return
    // WeChat shows it for 15 seconds at most, and tells nobody when they are over.
    if (event.on) setTimeout(() => void reread({ ...event, what: 'chat' }), typingLasts)
    const reading = chats.get(chatKey(event.person, event.account))?.reading
    if (reading?.value) reading.value.typing = event.on
  }

  const readAll = () => Promise.all([sandbox.read(), pushes.read(), calls.read(), codes.read(), ...[...chats.values(), ...wallets.values()].map((reader) => reader.read())])

  async function send(account: string, message: Outgoing) {
    const from = person.value
    if (!from) return
    try {
      await api.send(from.id, account, message)
      await chats.get(chatKey(from.id, account))?.read()
    } catch (cause) {
      unsent.push({ id: nextUnsent++, person: from.id, account, message, why: cause })
    }
  }

  function takeUnsent(id: number): Unsent | undefined {
    const at = unsent.findIndex((one) => one.id === id)
    return at < 0 ? undefined : unsent.splice(at, 1)[0]
  }

  function more(list: 'pushes' | 'calls') {
    limits[list] += page
    return reread({ what: list })
  }

  function start(): () => void {
    const ticking = setInterval(() => (tick.value = Date.now()), 1000)
    // At once, so that an unreachable sandbox shows as an error; again at every connection, because what happened in between was missed.
    void readAll()
    const stop = listen(api.eventsUrl, { onEvent, onLive: () => void readAll(), onConnection: (to) => (connection.value = to) })
    return () => {
      clearInterval(ticking)
      stop()
    }
  }

  watch(state, (value) => value && (skew.value = Date.parse(value.now) - Date.now()))
  watch(chosen, (id) => id && localStorage.setItem('person', id))
  // Codes are made by the service's calls.
  watch(() => calls.reading.value?.[0]?.id, (id, before) => id && before && void codes.read())

  return {
    api, connection, chosen, sandbox, pushes, calls, codes, unsent, limits, state, person, now,
    accountOf, nameOf, chat, wallet, reread, onEvent, readAll, send, takeUnsent, more, start,
  }
}

export type Phone = ReturnType<typeof createPhone>
export const phoneKey: InjectionKey<Phone> = Symbol('phone')

/** The page's state, for components. */
export function usePhone(): Phone {
  const phone = inject(phoneKey)
  if (!phone) throw new Error('the phone is provided by main.ts')
  return phone
}
