import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { preview } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext { url: string }
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tells the tests where the phone is. Without SANDBOX_URL it builds the page and serves it with the mock meanwhile. */
export default async function setup({ provide }: TestProject) {
  const given = process.env['SANDBOX_URL']
  if (given) {
    provide('url', new URL('/', given).href)
    return
  }
  // In a process of its own: the test runner's NODE_ENV would make it another build than the one that is shipped.
  execFileSync(process.execPath, [here('../build.mjs')], { env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'inherit'] })
  const server = await preview({ configFile: here('../vite.config.ts'), root: here('../src/phone'), build: { outDir: here('../dist/phone') }, preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' })
  provide('url', server.resolvedUrls?.local[0] ?? '')
  return () => server.close()
}
