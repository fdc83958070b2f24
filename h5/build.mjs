// Builds every front end: a folder of src/ with an index.html becomes dist/<folder>/.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const apps = readdirSync(here('./src')).filter((folder) => existsSync(here(`./src/${folder}/index.html`)))

// Member pages have addresses of their own below /m/, so their files are named from the top; the others stand beside their entry.
const base = { mine: '/m/' }

for (const app of apps) {
  await build({
    configFile: here('./vite.config.ts'),
    root: here(`./src/${app}`),
    base: base[app] ?? './',
    build: { outDir: here(`./dist/${app}`), emptyOutDir: true },
  })
}
