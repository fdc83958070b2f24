import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useAct } from '../act'
import type { Menu, Tapped } from '../contract'
import { buttonAt } from '../reduce'
import { usePhone } from '../state'

/** Pressing a menu button: asks for the scan result where one is needed, and opens where the button leads. */
export function useTap(account: string, menu: () => Menu) {
  const phone = usePhone()
  const router = useRouter()
  const { act } = useAct()
  const asking = ref<number[] | null>(null)

  async function tap(at: number[], result?: string) {
    const me = phone.person.value
    if (!me) return
    if (result === undefined && buttonAt(menu(), at)?.type?.startsWith('scancode')) {
      asking.value = at
      return
    }
    const answer = await act(() => phone.api.tap(me.id, account, at, result))
    if (!answer) return
    void phone.reread({ what: 'chat', person: me.id, account })
    const query = target(answer)
    if (query) void router.push({ path: '/page', query })
  }

  function answer(result: string) {
    const at = asking.value
    asking.value = null
    if (at) void tap(at, result)
  }
  return { tap, asking, answer }
}

/** Where to go after a tap, as the query of the page screen; null = stay. */
export function target({ open }: Tapped): Record<string, string> | null {
  if (!open) return null
  if (typeof open === 'string') return { url: open }
  return { appid: open.appid, path: open.pagepath }
}
