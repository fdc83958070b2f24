import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// `npm run e2e`: against the sandbox at SANDBOX_URL, or against the built page with the mock when that is not set.
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: { include: ['e2e/**/*.test.ts'], environment: 'node', globalSetup: 'e2e/setup.ts', fileParallelism: false, testTimeout: 90_000, hookTimeout: 60_000 },
})
