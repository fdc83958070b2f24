import { expect, test } from 'vitest'
import { apiFaults, callbackFaults, faultOf, kindsFor } from './faultKinds'

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
})
