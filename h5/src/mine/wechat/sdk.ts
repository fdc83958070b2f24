import { accountOf, sandbox } from '../frame/entry'
import { ask, open } from '../api/client'
import { addressToSign, clientOf, outcomeOf, type Client } from './client'
import { askPhone } from './phone'

/** What a friend sees of a page that is shared. */
export interface Card { title: string; words: string; link: string; picture: string }

interface Wx {
  config: (setting: Record<string, unknown>) => void
  ready: (then: () => void) => void
  error: (then: (why: { errMsg?: string }) => void) => void
  updateAppMessageShareData: (card: Record<string, unknown>) => void
  updateTimelineShareData: (card: Record<string, unknown>) => void
}
interface Bridge { invoke: (name: string, parameters: unknown, done: (answer: { err_msg?: string }) => void) => void }

const source = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js'
const calls = ['updateAppMessageShareData', 'updateTimelineShareData', 'requestMerchantTransfer', 'checkJsApi']
const first = location.href
const around = globalThis as unknown as { wx?: Wx; WeixinJSBridge?: Bridge }
let loaded: Promise<Wx> | null = null
let configured: { address: string; done: Promise<Wx | null> } | null = null

/** Where this page is open. */
export const client = (): Client => clientOf(navigator.userAgent, sandbox.value)

function load(): Promise<Wx> {
  loaded ??= new Promise((done, failed) => {
    const script = document.createElement('script')
    script.src = source
    script.onload = () => (around.wx ? done(around.wx) : failed(new Error('no JS-SDK')))
    script.onerror = () => failed(new Error('no JS-SDK'))
    document.head.append(script)
  })
  return loaded
}

async function configure(address: string): Promise<Wx | null> {
  const account = await accountOf()
  if (!account) return null
  const signed = await ask(open.GET('/js-sdk/{account}', { params: { path: { account }, query: { url: address } } }))
  // The phone needs no rights, but a page that WeChat would not sign is found there, too.
  if (client() !== 'wechat') return null
  const wx = await load()
  return new Promise((done, failed) => {
    wx.ready(() => done(wx))
    wx.error((why) => failed(new Error(why.errMsg ?? 'wx.config')))
    wx.config({ debug: false, ...signed, jsApiList: calls })
  })
}

/** WeChat's functions for the page that is shown, signed once for each address; none outside WeChat. */
function ready(): Promise<Wx | null> {
  const address = addressToSign(navigator.userAgent, first, location.href)
  if (configured?.address !== address) configured = { address, done: configure(address) }
  return configured.done
}

/** From now on the menu of WeChat shares this. Gives whether that works where the page is open. */
export async function offerToShare({ title, words, link, picture }: Card): Promise<boolean> {
  if (client() === 'browser') return false
  const wx = await ready()
  wx?.updateAppMessageShareData({ title, desc: words, link, imgUrl: picture })
  wx?.updateTimelineShareData({ title, link, imgUrl: picture })
  return true
}

/** Opens the page on which the person confirms a transfer. What became of it, only the server knows. */
export async function confirmTransfer(parameters: Record<string, unknown>): Promise<'shown' | 'cancelled' | 'failed' | 'elsewhere'> {
  const where = client()
  if (where === 'browser') return 'elsewhere'
  if (where === 'phone') return outcomeOf(await askPhone(sandbox.value!, 'requestMerchantTransfer', parameters))
  await ready()
  const bridge = around.WeixinJSBridge
  if (!bridge) return 'failed'
  return new Promise((done) => bridge.invoke('requestMerchantTransfer', parameters, (answer) => done(outcomeOf(answer.err_msg))))
}
