import { expect, test } from 'vitest'
import { addressToSign, clientOf, outcomeOf } from './client'

const weixin = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50'

test('WeChat is known by its name, the phone by the sandbox', () => {
  expect(clientOf(weixin, null)).toBe('wechat')
  expect(clientOf('Chrome', 'http://127.0.0.1:8090', true, true)).toBe('phone')
  expect(clientOf('Chrome', 'http://127.0.0.1:8090', true, false)).toBe('browser')
  expect(clientOf('Chrome', 'http://127.0.0.1:8090', false, false)).toBe('phone')
  expect(clientOf('Chrome', null, true, true)).toBe('browser')
})

test('the address to sign is the first one on an iPhone, and never has a fragment', () => {
  expect(addressToSign(weixin, 'https://a.example/m/#x', 'https://a.example/m/invite')).toBe('https://a.example/m/')
  expect(addressToSign('Android', 'https://a.example/m/', 'https://a.example/m/invite?x=1#y')).toBe('https://a.example/m/invite?x=1')
})

test.each([['requestMerchantTransfer:ok', 'shown'], ['requestMerchantTransfer:cancel', 'cancelled'], ['requestMerchantTransfer:fail no right', 'failed'], [undefined, 'failed']])('%s means %s', (words, outcome) => expect(outcomeOf(words)).toBe(outcome))
