import { expect, test } from 'vitest'
import { apiFaults, callbackFaults, faultOf, isMerchants, kindsFor, notifyFaults, payFaults } from './faultKinds'

const form = { endpoint: '/cgi-bin/user/info', account: '', kind: 'errcode', times: '1', values: { errcode: '-1', errmsg: '' } }

test('a form becomes a fault with only the fields that were given', () => {
  expect(faultOf(form)).toEqual({ endpoint: '/cgi-bin/user/info', kind: 'errcode', times: 1, errcode: -1, errmsg: undefined })
  expect(faultOf({ ...form, times: '', account: 'tea', values: { errcode: '45015', errmsg: ' out ' } })).toEqual({ endpoint: '/cgi-bin/user/info', account: 'tea', kind: 'errcode', times: null, errcode: 45015, errmsg: 'out' })
})

test.each([{ times: 'x' }, { times: '1.5' }, { endpoint: ' ' }, { values: { errcode: '' } }])('%j makes no fault', (over) => {
  expect(faultOf({ ...form, ...over })).toBeNull()
})

test('pushes and calls have their own kinds', () => {
  expect(kindsFor('callback')).toBe(callbackFaults)
  expect(kindsFor('/cgi-bin/token')).toBe(apiFaults)
  expect(kindsFor('/v3/bill/fundflowbill')).toBe(payFaults)
  expect(kindsFor('/mmpaymkttransfers/sendredpack')).toBe(payFaults)
  expect(kindsFor('pay_notify')).toBe(notifyFaults)
  expect(['callback', '/cgi-bin/token', 'pay_notify', '/v3/certificates'].map(isMerchants)).toEqual([false, false, true, true])
})

test('an error code can come before or after the effect', () => {
  const pay = { endpoint: '/mmpaymkttransfers/sendredpack', account: '', times: '1', values: { code: 'SYSTEMERROR', text: '' } }
  expect(faultOf({ ...pay, kind: 'pay_error' })).toEqual({ endpoint: pay.endpoint, kind: 'pay_error', times: 1, code: 'SYSTEMERROR', text: undefined })
  expect(faultOf({ ...pay, kind: 'pay_error_after' })).toMatchObject({ kind: 'pay_error', after: true })
})
