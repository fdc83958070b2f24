import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { mockSandbox } from './dev/mock/plugin.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// What all front ends share. The front end itself is the Vite root (src/<app>), given on the command line or by build.mjs.
export default defineConfig({
  base: './',
  plugins: [vue(), mockSandbox()],
  resolve: { alias: { '@ui': here('./src/ui'), '@i18n': here('./src/i18n') } },
  define: { __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false, __INTLIFY_PROD_DEVTOOLS__: false, __VUE_OPTIONS_API__: false },
  // The console with a running service behind it: SERVICE=http://127.0.0.1:8080 npm run dev:console
  ...(process.env['SERVICE'] && { server: { proxy: { '/api': process.env['SERVICE'] } }, preview: { proxy: { '/api': process.env['SERVICE'] } } }),
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // What several pages share comes at once, in one file and with one sheet of styles: each further file is a further
    // way to the server, and phones are far away.
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /[\\/]src[\\/](ui(?![\\/]chart)|i18n|console|mine)[\\/]/, minShareCount: 3 }] } } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'happy-dom' },
})
