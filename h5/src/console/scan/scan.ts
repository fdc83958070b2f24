import { onScopeDispose, shallowReactive } from 'vue'
import { asApiError } from '@ui/api/problem'
import type { Of } from '@ui/api/types'

const pause = 2_000

/** How far a code is: as the server says, or over. */
export type Step = Of<'ScanStep'> | 'over'
/** How to ask for a code, how to ask about it, and what is done when the phone has agreed. */
export interface Calls { ask: () => Promise<Of<'Scan'>>; look: (key: string) => Promise<Of<'ScanState'>>; agreed: (key: string) => Promise<unknown> }

/** A code on this screen that somebody's phone scans: asks about it every two seconds until the phone has agreed or it is over. */
export function useScan({ ask, look, agreed }: Calls) {
  const scan = shallowReactive<{ code: Of<'Scan'> | null; step: Step }>({ code: null, step: 'waiting' })
  let turn = 0
  const stop = () => (turn += 1)
  onScopeDispose(stop)

  async function begin(): Promise<Of<'Scan'>> {
    stop()
    const code = await ask()
    Object.assign(scan, { code, step: 'waiting' })
    return code
  }

  async function follow(key: string): Promise<void> {
    stop()
    const mine = turn
    while (mine === turn) {
      // Without an answer it is asked again: the network may come back while the code lasts.
      const step = await look(key).then(({ state }) => state as Step, (cause: unknown) => (asApiError(cause).status === 404 ? 'over' : scan.step))
      if (mine !== turn) return
      scan.step = step
      if (step === 'confirmed') return void (await agreed(key))
      if (step === 'over') return
      await new Promise((done) => setTimeout(done, pause))
    }
  }
  return { scan, begin, follow, stop }
}

const place = 'scan'
/** WeChat's own browser leaves this page for the one that WeChat leads to; which code it left for stands here meanwhile. */
export const left = {
  key: (): string | null => sessionStorage.getItem(place),
  keep: (key: string): void => sessionStorage.setItem(place, key),
  forget: (): void => sessionStorage.removeItem(place),
}

/** Whether this is WeChat's own browser, which needs no second screen. */
export const inWechat = (agent = navigator.userAgent): boolean => /MicroMessenger/i.test(agent)
