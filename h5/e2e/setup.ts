import { fileURLToPath } from 'node:url'
import { build, preview } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext { url: string }
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tells the tests where the phone is. Without PHONE_URL it builds the page and serves it with the mock meanwhile. */
export default async function setup({ provide }: TestProject) {
  const given = process.env['PHONE_URL']
  if (given) {
    provide('url', new URL('./', given).href)
    return
  }
  const shared = { configFile: here('../vite.config.ts'), root: here('../src/phone'), build: { outDir: here('../dist/phone'), emptyOutDir: true }, logLevel: 'warn' } as const
  await build(shared)
  const server = await preview({ ...shared, preview: { host: '127.0.0.1', port: 0 } })
  provide('url', server.resolvedUrls?.local[0] ?? '')
  return () => server.close()
}
