import { expect, test } from 'vitest'
import { answerTo, pageCallOf } from './calls'

const parameters = { mchId: '1', appId: 'wx', package: 'AB' }

test('a call of WeChat is taken with its parameters and nothing else', () => {
  expect(pageCallOf({ wechat: 'requestMerchantTransfer', id: 7, parameters: { ...parameters, more: 'x' } })).toEqual({ wechat: 'requestMerchantTransfer', id: 7, parameters })
})

test.each([null, 'text', {}, { wechat: 'chooseImage', id: 1, parameters }, { wechat: 'requestMerchantTransfer', parameters }, { wechat: 'requestMerchantTransfer', id: 1, parameters: { mchId: 1 } }])('%j is none', (data) => expect(pageCallOf(data)).toBeNull())

test('it is answered in the words of WeChat', () => {
  expect(answerTo({ wechat: 'requestMerchantTransfer', id: 7 }, 'cancel')).toEqual({ wechat: 'requestMerchantTransfer', id: 7, err_msg: 'requestMerchantTransfer:cancel' })
})
