import type { Plugin } from 'vite'
import { serve } from './server.ts'
import { World } from './world.ts'

/**
 * In `npm run dev` and in the browser tests: the sandbox itself when `SANDBOX` names its address
 * (`SANDBOX=http://127.0.0.1:8090 npm run dev`), else the mock. Never part of a build.
 */
export function mockSandbox(): Plugin {
  const real = process.env['SANDBOX']
  const mock = serve(new World())
  return {
    name: 'mock-sandbox',
    config: () => (real ? { server: { proxy: { '/sandbox': real } } } : {}),
    configureServer(server) {
      if (!real) server.middlewares.use((request, answer, next) => void mock(request, answer, next))
    },
    configurePreviewServer(server) {
      server.middlewares.use((request, answer, next) => void mock(request, answer, next))
    },
  }
}
