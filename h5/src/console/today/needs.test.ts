import { expect, test } from 'vitest'
import { waitingOf } from './needs'

test('what waits is shown, the grave first; what nobody may see or nobody waits for is not', () => {
  const shown = waitingOf({ most: 1000, chats: 3, approvals: 0, alerts: 1000 })
  expect(shown.map(({ key, count, more }) => [key, count, more])).toEqual([['alerts', 1000, true], ['chats', 3, false]])
  expect(waitingOf({ most: 1000, chats: 0 })).toEqual([])
})
