import { useRouter } from 'vue-router'
import { useAct } from './act'
import { webAddress } from './bubbles/segments'
import { usePhone } from './state'

/** The page and the scene that a code of a mini program stands for; null for any other content. */
export function miniCode(content: string): { appid: string; page: string; scene: string } | null {
  const found = /^weixin:\/\/mini\/([^?]+)\?(.*)$/.exec(content)
  if (!found) return null
  const query = new URLSearchParams(found[2])
  return { appid: found[1]!, page: query.get('page') ?? '', scene: query.get('scene') ?? '' }
}

/** What a QR code in a picture says; null when there is none that can be read. */
export async function readPicture(picture: CanvasImageSource & { width: number; height: number }): Promise<string | null> {
  const { default: decode } = await import('jsqr')
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = [picture.width, picture.height]
  const drawn = canvas.getContext('2d', { willReadFrequently: true })
  if (!drawn || !picture.width || !picture.height) return null
  drawn.drawImage(picture, 0, 0)
  return decode(drawn.getImageData(0, 0, picture.width, picture.height).data, picture.width, picture.height)?.data || null
}

/** What the camera does: a code of an account is scanned, one of a mini program opens it, any other web address opens as a page. */
export function useScan() {
  const phone = usePhone()
  const router = useRouter()
  const { busy, act } = useAct()

  async function scan(code: string) {
    const me = phone.person.value
    const answer = me && (await act(() => phone.api.scan(me.id, code)))
    if (!answer) return
    await phone.sandbox.read()
    if (answer.profile) return router.replace({ path: `/account/${answer.profile.key}`, query: { expired: '1' } })
    return router.replace(answer.push ? `/chat/${answer.push.account}` : '/')
  }

  async function follow(raw: string) {
    const content = raw.trim()
    if (!content) return
    const mini = miniCode(content)
    const program = mini && phone.state.value?.accounts.find(({ appid }) => appid === mini.appid)
    if (program) return router.push({ path: `/mini/${program.key}`, query: { page: mini.page, scene: mini.scene } })
    await phone.codes.read()
    const address = webAddress(content)
    const known = phone.codes.reading.value?.some(({ url }) => url === content) || address?.includes('/cgi-bin/showqrcode')
    return address && !known ? router.push({ path: '/page', query: { url: address } }) : scan(content)
  }

  return { busy, follow }
}
