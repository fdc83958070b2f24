import { describe, expect, test } from 'vitest'
import { emptyForm, estimate, flaws, formOf, fromLocal, localTime, termsOf, type CampaignForm } from './form'

const now = new Date('2026-11-22T03:20:00Z')
const packet: CampaignForm = { ...emptyForm(now), name: '双十二新人红包', gives: 'red_packet', amount: 'random', min: '1', max: '5', budget: '1000', sender: '拾光茶铺', wishing: '谢谢你来', remark: '新人活动' }

test('times are those of Shanghai', () => {
  expect(localTime('2026-11-22T04:00:00Z')).toBe('2026-11-22T12:00')
  expect(fromLocal('2026-11-22T12:00')).toBe('2026-11-22T12:00:00+08:00')
  expect(emptyForm(now).starts).toBe('2026-11-22T12:00')
})

describe('a form', () => {
  test('names what is missing, and is silent when it can be saved', () => {
    expect(Object.keys(flaws(emptyForm(now))).sort()).toEqual(['budget', 'fixed', 'name'])
    expect(flaws(packet)).toEqual({})
    expect(flaws({ ...packet, min: '9' })).toEqual({ min: 'range' })
    expect(flaws({ ...packet, ends: packet.starts })).toEqual({ ends: 'after' })
    expect(flaws({ ...packet, sender: '一个超过三十二个字节的很长名字啊' })).toEqual({ sender: 'bytes32' })
  })
  test('becomes terms in fen and reads back as it was', () => {
    const terms = termsOf(packet)
    expect(terms).toMatchObject({ budget: 100_000, amount: { kind: 'random', min: 100, max: 500 }, gives: { kind: 'red_packet', send_name: '拾光茶铺', act_name: '双十二新人红包' }, caps: { per_person: 1, total: null } })
    expect(formOf(terms)).toEqual(packet)
  })
  test('points stay points, and what the form does not show stays', () => {
    const guard = { per_minute: 7, failures_percent: 30, one_person_percent: 50 }
    const terms = termsOf({ ...emptyForm(now), name: 'x', fixed: '50', budget: '5000', months: '12' }, { ...termsOf(packet), guard })
    expect(terms).toMatchObject({ budget: 5000, amount: { kind: 'fixed', amount: 50 }, gives: { kind: 'points', months: 12 }, guard })
  })
  test('a name too long for WeChat is cut at a whole sign', () => {
    expect(termsOf({ ...packet, name: '冬日暖心老友记邀请有礼红包活动' }).gives).toMatchObject({ act_name: '冬日暖心老友记邀请有' })
  })
})

test('the estimate says how often the budget is enough', () => {
  expect(estimate(packet)).toEqual({ least: 200, most: 1000, person: 500 })
  expect(estimate({ ...packet, total: '300' })).toEqual({ least: 200, most: 300, person: 500 })
  expect(estimate({ ...packet, amount: 'lucky', shares: '400', perPerson: '' })).toEqual({ least: 400, most: 400, person: null })
  expect(estimate({ ...packet, budget: '' })).toBeNull()
})
