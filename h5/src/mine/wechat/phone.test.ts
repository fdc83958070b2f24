import { expect, test, vi } from 'vitest'
import { askPhone, type Asked } from './phone'

const sandbox = 'http://127.0.0.1:8090'

test('only the phone answers, and only what it was asked', async () => {
  const phone = { postMessage: vi.fn() }
  const answer = askPhone(sandbox, 'requestMerchantTransfer', { mchId: '1' }, phone as never)
  const [asked, to] = phone.postMessage.mock.calls[0] as unknown as [Asked, string]
  expect([asked.parameters, to]).toEqual([{ mchId: '1' }, sandbox])
  const say = (origin: string, source: unknown, data: unknown) => dispatchEvent(Object.assign(new Event('message'), { origin, source, data }))
  const words = { wechat: 'requestMerchantTransfer', id: asked.id, err_msg: 'requestMerchantTransfer:ok' }
  say('https://evil.example', phone, { ...words, err_msg: 'requestMerchantTransfer:evil' })
  say(sandbox, {}, { ...words, err_msg: 'requestMerchantTransfer:frame' })
  say(sandbox, phone, { ...words, id: asked.id + 1, err_msg: 'requestMerchantTransfer:other' })
  say(sandbox, phone, null)
  say(sandbox, phone, words)
  expect(await answer).toBe('requestMerchantTransfer:ok')
})
