import { createRequire } from 'node:module'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { expect } from 'vitest'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = process.env['SHOTS']

export const looks = [
  { name: 'phone-light', width: 390, height: 844, theme: 'light' }, { name: 'phone-dark', width: 390, height: 844, theme: 'dark' },
  { name: 'desktop-light', width: 1280, height: 800, theme: 'light' }, { name: 'desktop-dark', width: 1280, height: 800, theme: 'dark' },
] as const
export type Look = (typeof looks)[number]

/** Starts the browser of this machine: CHROMIUM, else the usual place. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  })
}

/** One visit in one look. Errors of the page, breaches of its content policy and requests to other hosts than its own and `also` are collected, and `close` fails when there are any. */
export async function visit(browser: Browser, url: string, look: Look, language: 'zh' | 'en' = 'zh', also: string[] = []) {
  const context = await browser.newContext({ viewport: { width: look.width, height: look.height }, colorScheme: look.theme, locale: 'zh-CN', reducedMotion: 'reduce' })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (line) => line.text().includes('Content Security Policy') && wrong.push(line.text()))
  page.on('request', (request) => {
    const to = new URL(request.url())
    if (to.protocol.startsWith('http') && to.origin !== new URL(url).origin && !also.includes(to.origin)) wrong.push(`request to ${to.origin}`)
  })
  await page.addInitScript((to) => localStorage.setItem('language', to), language)
  await page.goto(url)
  let number = 0

  return {
    page,
    narrow: look.width < 900,
    /** A numbered screenshot, axe over everything shown (serious and critical findings fail), and the size of all targets. */
    async look(name: string) {
      number += 1
      await settled(page)
      if (folder) {
        mkdirSync(folder, { recursive: true })
        await page.screenshot({ path: join(folder, `${look.name}-${String(number).padStart(2, '0')}-${name}.png`) })
      }
      expect({ at: name, findings: await audit(page), small: await smallTargets(page) }).toEqual({ at: name, findings: [], small: [] })
    },
    async close() {
      await context.close()
      expect(wrong).toEqual([])
    },
  }
}

/** Waits until what fades or moves has arrived: halfway there, colours are those of neither end. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((animation) => animation.finished))
  })
}

/** Serious and critical findings of axe, as `rule: element`. Run from outside the page, so its content policy stays in force. */
async function audit(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run())
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** What can be pressed and is lower than 44 px. Links within text, and controls that a larger label covers, are exempt. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a, select, textarea, summary, input:not([type="radio"], [type="checkbox"], [type="file"]), [role="tab"]')]
      .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline' && element.tabIndex >= 0 && element.getBoundingClientRect().height < 44)
      .map((element) => element.outerHTML.slice(0, 120)),
  )
}
