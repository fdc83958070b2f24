import { createMemoryHistory } from 'vue-router'
import { expect, test } from 'vitest'
import { createRoutes } from './routes'

const router = createRoutes(createMemoryHistory('/m/'))

// The addresses are those of the service: links of invitations and of shared pages lead to them.
test.each([['/i/0123456789', 'invited'], ['/s/0123456789', 'shared']])('%s is open to anybody', (path, name) => {
  const { name: found, meta, params } = router.resolve(path)
  expect([found, meta['open'], Object.values(params)]).toEqual([name, true, ['0123456789']])
  expect(router.resolve(path).href).toBe(`/m${path}`)
})

test.each([['/', 'card'], ['/points', 'points'], ['/invite', 'invite'], ['/rewards', 'rewards'], ['/me', 'me'], ['/privacy', 'privacy'], ['/staff/0123456789', 'staff-scan'], ['/rewards/grt_1', 'reward'], ['/invite/rpg_1', 'program']])('%s is for who is known', (path, name) => {
  expect([router.resolve(path).name, router.resolve(path).meta['open']]).toEqual([name, undefined])
})

test('any other address says that there is no such page', () => expect(router.resolve('/nothing/here').name).toBe('not-found'))
