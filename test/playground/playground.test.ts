import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openssl } from '../fixtures/openssl-keys.js'
import { asAPerson } from './as-a-person.js'
import { type BrowserPage, browsers } from './browsers.js'
import { builtSite, type Site } from './site.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tabs = ['sign', 'explain', 'keys', 'inspect', 'flows', 'speed'] as const
const screenshots = 'out/screenshots'

let site: Site
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true })
  site = await builtSite()
}, 120_000)
afterAll(() => site.close())

describe.each(browsers)('the playground in $name', ({ name, installed, open }) => {
  if (!installed) console.warn(`skipped: ${name} is not installed; Debian has it as a package`)

  describe.skipIf(!installed)('as a person uses it', () => {
    let page: BrowserPage
    let person: ReturnType<typeof asAPerson>
    beforeAll(async () => {
      page = await open()
      person = asAPerson(page)
    }, 60_000)
    afterAll(() => page.close())

    const visit = async (tab: string): Promise<void> => {
      await page.goto('about:blank')
      await page.goto(`${site.url}#${tab}`)
      await person.run(`await eventually(() => document.querySelector('#panel h1'))`)
    }

    it('signs a request, rebuilds the signing string as it is edited, and sees it verified', async () => {
      await visit('sign')
      await person.fill('URL', 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions?limit=5')
      expect(await person.sees('get /20160918/regions?limit=5')).toBe(true)
      await person.click('Send to the emulator')
      expect(await person.sees('✓ Verified')).toBe(true)
      await person.click('POST some JSON')
      expect(await person.sees('x-content-sha256')).toBe(true)
      await person.click('Worker')
      expect(await person.sees('createSignedFetch')).toBe(true)
    })

    it('signs anew what is sent, for the page may have been open for an hour', async () => {
      await visit('sign')
      await person.sees('x-date')
      const before = await person.text('.signing-string')
      await person.run(`const now = Date.now; Date.now = () => now() + 100_000`)
      await person.click('Send to the emulator')
      await person.sees('✓ Verified')
      expect(await person.text('.signing-string')).not.toBe(before)
    })

    it('shows what is wrong with a URL, and goes on when it is mended', async () => {
      await visit('sign')
      await person.fill('URL', 'https://user:password@example.com/')
      expect(await person.sees('URL_INVALID')).toBe(true)
      expect(await person.run('return document.querySelector(".problem").innerText')).not.toContain('password')
      await person.fill('URL', 'https://example.com/')
      expect(await person.sees('host: example.com')).toBe(true)
    })

    it('tells a refusal from an answer that has nothing to do with the signature', async () => {
      await visit('sign')
      await person.fill('URL', 'https://identity.us-phoenix-1.oraclecloud.com/nowhere')
      expect(await person.sees('/nowhere')).toBe(true)
      await person.click('Send to the emulator')
      expect(await person.sees('✗ Failed')).toBe(true)
    })

    it('says that a line which is no header is left out', async () => {
      await visit('sign')
      await person.fill('Headers', 'accept')
      expect(await person.sees('A line without “name: value” is left out.')).toBe(true)
    })

    it('copies twice, and names what it copies when that changes', async () => {
      await visit('sign')
      await person.sees('Copy the command')
      for (let time = 0; time < 2; time += 1) await person.click('Copy the command')
      await person.click('Worker')
      expect(await person.sees('Copy the code')).toBe(true)
    })

    it('skips to the content without leaving the tab', async () => {
      await visit('keys')
      await person.run('document.querySelector(".skip").focus()')
      await page.press('Enter')
      await person.run('await eventually(() => document.activeElement.id === "panel")')
      expect(await person.run('return location.hash')).toBe('#keys')
      expect(await person.text('#panel h1')).toBe('Keys')
    })

    it('shows the tab that was asked for last, however long another one loads', async () => {
      await visit('sign')
      await person.run(`for (const tab of ['flows', 'inspect', 'keys']) location.hash = tab`)
      expect(await person.sees('Make a key')).toBe(true)
      expect(await person.run('return document.querySelector("#panel").children.length')).toBe(1)
      expect(await person.run('return document.title')).toContain('Keys')
    })

    it('moves along the tabs with the arrow keys', async () => {
      await visit('sign')
      await person.run('document.querySelector("#tab-sign").focus()')
      await page.press('ArrowRight')
      expect(await person.sees('Why is it refused?')).toBe(true)
      expect(await person.run('return document.activeElement.id')).toBe('tab-explain')
    })

    it('explains a failing request', async () => {
      await visit('explain')
      await person.fill('Request', "curl https://identity.us-phoenix-1.oraclecloud.com/ -H 'Authorization: Bearer abc'")
      await person.click('Explain')
      expect(await person.sees('The Authorization header is not an OCI signature')).toBe(true)
      await person.click('A body changed on the way')
      expect(await person.sees('The body is not the one that was signed')).toBe(true)
    })

    it('says so when what was pasted is no request', async () => {
      await visit('explain')
      await person.fill('Request', 'hello')
      await person.click('Explain')
      expect(await person.sees('OPTION_INVALID')).toBe(true)
    })

    it('asks for something to explain when nothing was pasted', async () => {
      await visit('explain')
      await person.click('Explain')
      expect(await person.sees('Paste a request')).toBe(true)
    })

    it('keeps a key for a user, refuses OCIDs that are none, and overwrites no kept key', async () => {
      await visit('keys')
      await person.click('RSA 2048')
      await person.sees('Public key to upload')
      const keep = async (tenancy: string, user: string): Promise<void> => {
        await person.fill('Name', 'mine')
        await person.fill('Tenancy OCID', tenancy)
        await person.fill('User OCID', user)
        await person.click('Keep, not extractable')
      }
      await keep('ocid1.tenancy.oc1..aaaa', 'nobody')
      expect(await person.sees('Expected user to be an OCID')).toBe(true)
      await keep('ocid1.tenancy.oc1..aaaa', 'ocid1.user.oc1..bbbb')
      expect(await person.sees('ocid1.tenancy.oc1..aaaa/ocid1.user.oc1..bbbb/')).toBe(true)
      await keep('', '')
      expect(await person.sees('A key named "mine" is kept already')).toBe(true)
      await visit('sign')
      await person.choose('Signed by', 'mine')
      expect(await person.sees('keyId="ocid1.tenancy.oc1..aaaa/ocid1.user.oc1..bbbb/')).toBe(true)
      await person.click('Send to the emulator')
      expect(await person.sees('✓ Verified')).toBe(true)
      await visit('keys')
      await person.click('Forget')
      expect(await person.sees('None.')).toBe(true)
    })

    it('makes a key, keeps it over a reload, and signs with it', async () => {
      await visit('keys')
      await person.click('RSA 2048')
      expect(await person.sees('Public key to upload')).toBe(true)
      await person.fill('Name', 'kept')
      await person.click('Keep, not extractable')
      expect(await person.sees('Forget')).toBe(true)
      await visit('sign')
      await person.choose('Signed by', 'kept')
      await person.click('Send to the emulator')
      expect(await person.sees('✓ Verified')).toBe(true)
      const extractable = `const request = indexedDB.open('countersign-playground'); await new Promise((resolve) => { request.onsuccess = resolve })
        const all = request.result.transaction('keys').objectStore('keys').getAll(); await new Promise((resolve) => { all.onsuccess = resolve })
        return all.result.map((key) => key.privateKey.extractable)`
      expect(await person.run(extractable)).toEqual([false])
      await visit('keys')
      await person.click('Forget')
      expect(await person.sees('None.')).toBe(true)
    })

    it('opens an encrypted key, and says so when the passphrase is wrong', async () => {
      await visit('keys')
      const pem = openssl(
        ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:right'],
        openssl(['genpkey', '-algorithm', 'RSA']),
      ).toString()
      await person.fill('Private key', pem)
      await person.fill('Passphrase', 'wrong')
      await person.click('Read it')
      expect(await person.sees('KEY_PASSPHRASE_WRONG')).toBe(true)
      await person.fill('Passphrase', 'right')
      await person.click('Read it')
      expect(await person.sees('RSA, 2048 bits')).toBe(true)
    })

    it('tells a public key from a private one', async () => {
      await visit('keys')
      await person.fill('Private key', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----')
      await person.click('Read it')
      expect(await person.sees('KEY_IS_PUBLIC')).toBe(true)
    })

    it('reads certificates and tokens', async () => {
      await visit('inspect')
      await person.click('Instance certificate')
      expect(await person.sees('opc-certtype:instance')).toBe(true)
      expect(await person.sees('The first leads to the last')).toBe(true)
      await person.click('Session token')
      expect(await person.sees('the public key that must sign with it')).toBe(true)
    })

    it('reads a token with a time beyond every calendar, and says what cannot be read', async () => {
      await visit('inspect')
      const part = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString('base64url')
      await person.fill('Certificates or token', `${part({ alg: 'RS256', note: 'ö' })}.${part({ nbf: 1e20 })}.c2ln`)
      expect(await person.sees('100000000000000000000')).toBe(true)
      expect(await person.sees('"note":"ö"')).toBe(true)
      await person.fill('Certificates or token', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
      expect(await person.sees('CERTIFICATE_INVALID')).toBe(true)
    })

    it('begins another flow while a call of the first is under way, and mixes nothing', async () => {
      await visit('flows')
      await person.run(`
        button('Make a call').click(); button('Resource principal').click()
        await new Promise((resolve) => setTimeout(resolve, 2500))`)
      expect(await person.text('#panel')).not.toContain('accepted. So far')
      await person.click('Make a call')
      expect(await person.sees('1 of 1 accepted')).toBe(true)
      expect(await person.text('#panel')).toContain('resourcePrincipalSessionToken')
    })

    it('plays an instance principal: one token for a burst, another after a refusal', async () => {
      await visit('flows')
      await person.click('50 at once')
      expect(await person.sees('50 of 50 accepted. So far: 1 token call, ')).toBe(true)
      await person.click('Revoke every token')
      await person.click('Make a call')
      expect(await person.sees('1 of 1 accepted. So far: 2 token calls')).toBe(true)
      expect(await person.sees('after a refusal')).toBe(true)
    })

    it.each(['Resource principal', 'Workload identity federation', 'Alibaba managed credential'])(
      'plays %s',
      async (flow) => {
        await visit('flows')
        await person.click(flow)
        await person.click('Make a call')
        expect(await person.sees('1 of 1 accepted')).toBe(true)
      },
    )

    it('plays an emergency rotation: no call is lost, and the new access key is fetched once', async () => {
      await visit('flows')
      await person.click('Alibaba managed credential')
      await person.click('Make a call')
      expect(await person.sees('1 of 1 accepted')).toBe(true)
      await person.click('Emergency rotation')
      await person.click('50 at once')
      expect(await person.sees('50 of 50 accepted')).toBe(true)
      expect(await person.sees('token 2, after a refusal')).toBe(true)
    })

    it('corrects a clock that is off', async () => {
      await visit('flows')
      await person.click('Server clock 10 minutes ahead')
      await person.click('Make a call')
      expect(await person.sees('1 of 1 accepted')).toBe(true)
    })

    it('measures signatures beside bare WebCrypto', async () => {
      await visit('speed')
      await person.click('Measure')
      expect(await person.sees('Cost of the rest')).toBe(true)
    })

    it.each(tabs)('has no serious accessibility fault in %s', async (tab) => {
      await visit(tab)
      const violations = await page.run<readonly { id: string; impact: string; nodes: readonly string[] }[]>(`${axe}
        const { violations } = await axe.run(document)
        return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 120)) }))`)
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    })

    it('looks right in light, dark and on a phone: pictures to look at', async () => {
      for (const tab of tabs) {
        await visit(tab)
        if (tab === 'explain') await person.click('A clock that is off')
        if (tab === 'flows') await person.click('50 at once')
        for (const [scheme, width] of [
          ['light', 1280],
          ['dark', 1280],
          ['light', 390],
        ] as const) {
          await page.screenshot(`${screenshots}/${name.toLowerCase()}-${tab}-${scheme}-${width}.png`, { scheme, width })
        }
        const overflow = await person.run<number>('return document.documentElement.scrollWidth - innerWidth')
        expect(overflow, `${tab} is wider than a phone`).toBeLessThanOrEqual(0)
      }
    })

    it('loads no certificate library before it is needed', async () => {
      await visit('sign')
      await person.click('Send to the emulator')
      const names = await person.run<readonly string[]>(
        `return performance.getEntriesByType('resource').map(({ name }) => name)`,
      )
      expect(names.filter((file) => /x509|reflect|pki/iu.test(file))).toEqual([])
    })

    it('has met no fault on the way, and no other origin', async () => {
      await visit('sign')
      await person.sees('Signing string')
      const foreign = `return performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith(location.origin))`
      expect(await person.run(foreign)).toEqual([])
      expect(await page.faults()).toEqual([])
    })
  })
})
