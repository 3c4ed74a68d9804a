import { existsSync } from 'node:fs'
import puppeteer, { type Browser, type Page as PuppeteerPage } from 'puppeteer-core'
import { openWebKit } from './webkit.js'

/** One page of a real browser, as far as these tests need it. */
export interface BrowserPage {
  goto(url: string): Promise<void>
  /** Runs a script in the page, as a person's console would, and gives its JSON-able result. */
  run<T>(script: string): Promise<T>
  /** Presses a key, such as `ArrowRight` or `Enter`, on what has the focus. */
  press(key: string): Promise<void>
  type(text: string): Promise<void>
  screenshot(path: string, look: Look): Promise<void>
  /** What went wrong in the page so far: console errors, uncaught errors, requests to other origins. */
  faults(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface Look {
  readonly scheme: 'light' | 'dark'
  readonly width: number
}

export interface BrowserKind {
  readonly name: string
  readonly installed: boolean
  open(): Promise<BrowserPage>
}

const chromiumPath = '/usr/bin/chromium'
const firefoxPath = '/usr/bin/firefox-esr'
const webkitPath = '/usr/bin/WebKitWebDriver'

export const browsers: readonly BrowserKind[] = [
  {
    name: 'Chromium',
    installed: existsSync(chromiumPath),
    open: () => fromPuppeteer(() => puppeteer.launch({ executablePath: chromiumPath, args: chromiumFlags })),
  },
  {
    name: 'Firefox',
    installed: existsSync(firefoxPath),
    open: () => fromPuppeteer(() => puppeteer.launch({ browser: 'firefox', executablePath: firefoxPath })),
  },
  { name: 'WebKit', installed: existsSync(webkitPath), open: openWebKit },
]

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

async function fromPuppeteer(launch: () => Promise<Browser>): Promise<BrowserPage> {
  const browser = await launch()
  const page = await browser.newPage()
  const faults = watch(page)
  return {
    goto: async (url) => void (await page.goto(url, { waitUntil: 'load' })),
    run: (script) => page.evaluate(`(async () => { ${script} })()`) as Promise<never>,
    press: (key) => page.keyboard.press(key as 'Enter'),
    type: (text) => page.keyboard.type(text),
    screenshot: async (path, { scheme, width }) => {
      await page.setViewport({ width, height: 900 })
      await page.evaluate(`document.documentElement.dataset.theme = '${scheme}'`)
      await page.screenshot({ path: path as `${string}.png`, fullPage: true })
    },
    faults: async () => faults,
    close: () => browser.close(),
  }
}

function watch(page: PuppeteerPage): string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`uncaught: ${String(error)}`))
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(`request to ${hostname}`)
  })
  return faults
}
