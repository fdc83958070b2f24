// How long pages take until somebody can use them, on a phone with a slow processor and a mobile network, and how long an
// empty page takes that Vite built. Needs a running `huilian demo` at HUILIAN_URL, built pages and a browser at CHROMIUM;
// prints one line of JSON for each page: `make bench` asks for it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'

const service = process.env.HUILIAN_URL
const rounds = Number(process.env.ROUNDS ?? 5)
// What Chromium's own tools call "Fast 4G", and four times slower than this processor.
const network = { offline: false, latency: 165, downloadThroughput: (8.1 * 1024 * 1024) / 8, uploadThroughput: (1.35 * 1024 * 1024) / 8 }
const slower = 4
// Pages are quiet when nothing was fetched and nothing held up the page for so long.
const quiet = 500
const paths = ['/', '/chats', '/members', '/conflicts', '/campaigns', '/campaigns/new', '/programs/new', '/shares/new', '/more', '/more/imports', '/more/replies', '/more/canned', '/more/menus', '/more/exports', '/more/payouts', '/more/stops', '/more/proof', '/more/channels', '/more/stores', '/more/staff', '/more/account', '/more/record', '/more/jobs', '/more/pictures']

/** A page with nothing but a word, built and served as Vite does. */
async function empty() {
  const folder = mkdtempSync(join(tmpdir(), 'huilian-empty-'))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><html lang="en"><meta charset="utf-8"><title>empty</title><div id="app"></div><script type="module" src="/main.js"></script></html>')
  writeFileSync(join(folder, 'main.js'), "document.querySelector('#app').textContent = 'ready'")
  await build({ configFile: false, root: folder, logLevel: 'error' })
  const server = await preview({ configFile: false, root: folder, preview: { host: '127.0.0.1', port: 0 }, logLevel: 'error' })
  return { url: server.resolvedUrls.local[0], close: async () => { await server.close(); rmSync(folder, { recursive: true }) } }
}

/** Somebody's session, as the console keeps it. */
async function signedIn() {
  const answer = await fetch(`${service}/api/admin/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: 'demo', password: 'huilian-2026' }) })
  if (!answer.ok) throw new Error(`signing in was answered with ${answer.status}`)
  const { token, expires_at: expires, staff: person } = await answer.json()
  return { session: JSON.stringify({ token, expires, person }), 'last-staff': person.id }
}

/** Milliseconds from asking for a page until it has painted, has everything it fetches and holds nobody up; and its scripts' size. */
async function load(browser, url, kept) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
  try {
    const page = await context.newPage()
    await page.addInitScript((values) => {
      for (const [name, value] of Object.entries(values)) localStorage.setItem(name, value)
      globalThis.busy = []
      new PerformanceObserver((list) => globalThis.busy.push(...list.getEntries().map((entry) => entry.startTime + entry.duration))).observe({ type: 'longtask', buffered: true })
    }, kept)
    const tools = await context.newCDPSession(page)
    await tools.send('Network.enable')
    await tools.send('Network.emulateNetworkConditions', network)
    await tools.send('Emulation.setCPUThrottlingRate', { rate: slower })
    await page.goto(url)
    const found = await page.evaluate((quiet) => new Promise((done) => {
      const look = () => {
        const fetched = performance.getEntriesByType('resource')
        const painted = performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)
        const last = Math.max(...painted, ...fetched.map((entry) => entry.responseEnd), ...globalThis.busy)
        if (!painted.length || performance.now() - last < quiet) return void setTimeout(look, 50)
        const scripts = fetched.filter((entry) => new URL(entry.name).pathname.endsWith('.js')).reduce((sum, entry) => sum + entry.encodedBodySize, 0)
        done({ ms: last, painted: painted[0], scripts, words: document.body.innerText.trim().length })
      }
      look()
    }), quiet)
    if (!found.words) throw new Error(`${url} shows nothing`)
    return found
  } finally {
    await context.close()
  }
}

const middle = (values) => [...values].sort((one, next) => one - next)[Math.floor(values.length / 2)]
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] })
const floor = await empty()
try {
  const kept = await signedIn()
  const pages = [{ page: 'empty', url: floor.url, kept: {} }, ...paths.map((path) => ({ page: path, url: `${service}/console/#${path}`, kept }))]
  // The first of all pays for the browser's start.
  await load(browser, floor.url, {})
  for (const { page, url, kept } of pages) {
    const loads = []
    for (let round = 0; round < rounds; round += 1) loads.push(await load(browser, url, kept))
    console.log(JSON.stringify({ page, ms: middle(loads.map(({ ms }) => ms)), painted_ms: middle(loads.map(({ painted }) => painted)), script_bytes: loads[0].scripts }))
  }
} finally {
  await browser.close()
  await floor.close()
}
