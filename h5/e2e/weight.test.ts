import { gzipSync } from 'node:zlib'
import { expect, inject, test } from 'vitest'

const url = inject('url')
const budget = 120_000

test('what must load before the phone shows is small', async () => {
  const html = await (await fetch(url)).text()
  const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map((match) => new URL(match[1]!, url))
  expect(scripts.length).toBeGreaterThan(0)
  const sizes = await Promise.all(scripts.map(async (script) => gzipSync(Buffer.from(await (await fetch(script)).arrayBuffer())).length))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(budget)
})
