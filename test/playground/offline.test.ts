import { existsSync } from 'node:fs'
import puppeteer from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtSite, type Site } from './site.js'

const chromium = '/usr/bin/chromium'
const installed = existsSync(chromium)
if (!installed) console.warn('skipped: Chromium is not installed; Debian has it as a package')

/** The page's policy forbids to wait for a function by its text, so this one looks by itself. */
const controlled = `(async () => {
  while (navigator.serviceWorker.controller === null) await new Promise((resolve) => setTimeout(resolve, 50))
})()`

describe.skipIf(!installed)('the playground without a network', () => {
  let site: Site
  beforeAll(async () => {
    site = await builtSite()
  }, 120_000)
  afterAll(() => site.close())

  it('opens, and every tab works, after one visit', async () => {
    const browser = await puppeteer.launch({
      executablePath: chromium,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(site.url)
      await page.evaluate(controlled)
      site.close()
      await page.setOfflineMode(true)
      for (const tab of ['sign', 'explain', 'keys', 'inspect', 'flows', 'speed']) {
        await page.goto('about:blank')
        await page.goto(`${site.url}#${tab}`)
        await page.waitForSelector('#panel h1')
      }
      expect(await page.$eval('#panel h1', (heading) => heading.textContent)).toBe('Speed')
    } finally {
      await browser.close()
    }
  })
})
