/** What a page says to the phone that shows it, and what the phone answers. */
export interface Asked { wechat: string; id: number; parameters: Record<string, unknown> }
export interface Answered { wechat: string; id: number; err_msg: string }

let next = 1

/** Asks the sandbox's phone to do what WeChat's client would; only its own words count as an answer. */
export function askPhone(sandbox: string, call: string, parameters: Record<string, unknown>, phone: Pick<Window, 'postMessage'> = window.parent): Promise<string> {
  const id = next++
  return new Promise((done) => {
    const hear = ({ origin, source, data }: MessageEvent<Partial<Answered> | null>) => {
      if (origin !== sandbox || source !== (phone as unknown) || data?.wechat !== call || data.id !== id || typeof data.err_msg !== 'string') return
      removeEventListener('message', hear)
      done(data.err_msg)
    }
    addEventListener('message', hear)
    phone.postMessage({ wechat: call, id, parameters: { ...parameters } } satisfies Asked, sandbox)
  })
}
