import { describe, expect, it } from 'vitest'
import { signOciHeaders } from '../../src/signers/oci.js'
import { canonicalUrl } from '../../src/signers/oci-url.js'

const target = (url: string): string | undefined => canonicalUrl(url)?.target
const HOST = 'https://objectstorage.eu-frankfurt-1.oraclecloud.com'

describe('canonicalUrl', () => {
  it.each([
    ['drops a default port', 'https://a.oraclecloud.com:443/p', 'https://a.oraclecloud.com/p'],
    ['drops the default port of http', 'http://localhost:80/p', 'http://localhost/p'],
    ['keeps another port', 'https://localhost:8443/p', 'https://localhost:8443/p'],
    ['lower-cases the host', 'https://A.OracleCloud.COM/P', 'https://a.oraclecloud.com/P'],
    [
      'keeps an underscore in the host',
      'https://my_ns.objectstorage.oraclecloud.com/',
      'https://my_ns.objectstorage.oraclecloud.com/',
    ],
    ['writes an international host in ASCII', 'https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['gives an empty path a slash', 'https://a.example', 'https://a.example/'],
    ['drops a bare trailing question mark', 'https://a.example/p?', 'https://a.example/p'],
    ['drops a fragment', 'https://a.example/p?q=1#part', 'https://a.example/p?q=1'],
    ['drops a bare question mark before a fragment', 'https://a.example/p?#part', 'https://a.example/p'],
    [
      'undoes escapes of what never needs one',
      'https://a.example/%41%5A%61%7a%30%39%2D%2e%5F%7E?q=%7e%4f%6F%70',
      'https://a.example/AZaz09-._~?q=~Oop',
    ],
    [
      'keeps every other escape, in capitals',
      'https://a.example/%2f%40%60%5b%7b%3a%2C%7F%25%2541%c3%BC?%26%2B%3d%0a%00',
      'https://a.example/%2F%40%60%5B%7B%3A%2C%7F%25%2541%C3%BC?%26%2B%3D%0A%00',
    ],
    ['leaves what is no escape', 'https://a.example/%zz%4?%', 'https://a.example/%zz%4?%'],
    [
      'keeps the order and repeats of a query',
      'https://a.example/?b=2&a=1&b=1&empty=',
      'https://a.example/?b=2&a=1&b=1&empty=',
    ],
    [
      'keeps what may separate in a path or query',
      'https://a.example/e,f/k=v/at@x/semi;colon?c:d=a/b?c',
      'https://a.example/e,f/k=v/at@x/semi;colon?c:d=a/b?c',
    ],
    [
      'writes spaces and other letters in UTF-8',
      'https://a.example/ü x?日=ï x',
      'https://a.example/%C3%BC%20x?%E6%97%A5=%C3%AF%20x',
    ],
    [
      'leaves segments that only begin with dots and a space',
      'https://a.example/.. x/. y',
      'https://a.example/..%20x/.%20y',
    ],
    ['keeps %2F in one segment', `${HOST}/n/ns/b/b/o/a%2F..%2Fb`, `${HOST}/n/ns/b/b/o/a%2F..%2Fb`],
    ['leaves dots that are no segment', 'https://a.example/..a/.b/c../a...b', 'https://a.example/..a/.b/c../a...b'],
    ['leaves dots in a query', 'https://a.example/p?q=/../x', 'https://a.example/p?q=/../x'],
    [
      'encodes what runtimes send differently',
      "https://a.example/'()*!^|[]`{}",
      'https://a.example/%27%28%29%2A%21%5E%7C%5B%5D%60%7B%7D',
    ],
    [
      'encodes it in the query too',
      "https://a.example/?q='()*!^|[]`{}",
      'https://a.example/?q=%27%28%29%2A%21%5E%7C%5B%5D%60%7B%7D',
    ],
  ])('%s', (_, input, href) => {
    const canonical = canonicalUrl(input)
    expect(canonical?.href).toBe(href)
    expect(canonical?.href.endsWith(canonical.target)).toBe(true)
  })

  it('is a fixed point: what it gives, it leaves alone, and so does the platform', () => {
    const once = canonicalUrl("https://a.example:443/ü/(x)'|^?a=[1]&b=%7e#f")?.href ?? ''
    expect(canonicalUrl(once)?.href).toBe(once)
    expect(new Request(once).url).toBe(once)
  })

  it('takes a URL object', () => {
    expect(target(new URL('https://a.example/p?q').href)).toBe('/p?q')
    expect(canonicalUrl(new URL('https://a.example/p?q'))?.host).toBe('a.example')
  })
})

describe('URLs that are refused', () => {
  const key = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(256)
  const refusal = (url: string): Promise<unknown> =>
    signOciHeaders({ method: 'GET', url }, { keyId: 'a/b/c', key }).then(
      () => 'accepted',
      (error: unknown) => error,
    )

  it.each([
    ['userinfo', 'https://scott:tiger@a.example/'],
    ['a user without password', 'https://scott@a.example/'],
    ['a relative URL', '/20160918/instances'],
    ['nothing', ''],
    ['another scheme', 'ftp://a.example/'],
    ['a scheme that begins like another', 'httpsx://a.example/'],
    ['a scheme that ends like another', 'xhttps://a.example/'],
    ['data', 'data:text/plain,hello'],
    ['a "." segment', `${HOST}/n/ns/b/b/o/.`],
    ['a ".." segment', `${HOST}/n/ns/b/b/o/a/../b`],
    ['an encoded ".." segment', `${HOST}/n/ns/b/b/o/%2e%2E/b`],
    ['a half-encoded ".." segment', `${HOST}/n/ns/b/b/o/.%2e`],
    ['a ".." segment before a query', `${HOST}/n/..?a=1`],
    ['a "." segment before a fragment', `${HOST}/n/.#a`],
    ['a backslash', `${HOST}/n\\..\\b`],
    ['a tab that hides a ".." segment', `${HOST}/n/.\t./b`],
    ['a line end', `${HOST}/n\n/b`],
    ['a ".." segment before spaces that parsers drop', `${HOST}/n/b/..  `],
    ['a "." segment before a control character that parsers drop', `${HOST}/n/b/.\0`],
    ['a control character before the scheme', `\x01${HOST}/n`],
    ['a host that no parser takes', 'https://a b.example/'],
  ])('refuses %s', async (_, url) => {
    expect(await refusal(url)).toMatchObject({ name: 'UsageError', code: 'URL_INVALID' })
  })

  it('does not repeat a password in the message', async () => {
    expect(String(await refusal('https://scott:tiger@a.example/'))).not.toMatch(/scott|tiger/)
  })

  it.each([
    ['a "." or ".." segment; encode what is beside it ("a%2F..%2Fb")', `${HOST}/n/../b`],
    ['a "." or ".." segment; encode', `${HOST}/n/%2e `],
    ['a backslash or a control character such as a tab or a line end; encode it, or trim the URL', `${HOST}/n\n`],
    ['userinfo in it; pass credentials apart', 'https://scott@a.example/../b'],
    ['userinfo in it', 'https:/scott:tiger@a.example/'],
    ['another scheme or none; begin with https://', 'a.example/p'],
    ['another scheme or none', 'file:///etc/passwd'],
    ['userinfo in it', 'HTTPS://scott@a.example/'],
    ['a "." or ".." segment', `${HOST}/n/%2E%2E/b`],
    ['none', 'HTTPS://a.example:99999/?mail=https://scott@b.example&path=/../x'],
    ['none; check host and port', 'https://a.example:99999/'],
  ])('says that it found %s', async (found, url) => {
    expect(String(await refusal(url))).toContain(`found ${found}`)
  })

  it('takes time in proportion to a URL, however odd that is', async () => {
    const started = performance.now()
    for (const odd of ['/.'.repeat(50_000), ' '.repeat(100_000), '@'.repeat(100_000), `/..${' '.repeat(100_000)}x`]) {
      canonicalUrl(`${HOST}${odd}`)
      await refusal(`${HOST}${odd}/../`)
    }
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
