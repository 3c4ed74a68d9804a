import { describe, expect, it } from 'vitest'
import { type ChainLink, chain } from '../../src/credentials/chain.js'
import { ConfigurationError, ServiceError } from '../../src/errors.js'
import type { CredentialsProvider, OciCredentials } from '../../src/types.js'
import { START } from '../fixtures/clock.js'
import { HOUR, madeUpCredentials } from '../fixtures/sessions.js'

type Link = ChainLink<OciCredentials> & {
  readonly calls: OciCredentials[]
  answer: CredentialsProvider<OciCredentials>
}

function link(name: string, answer: CredentialsProvider<OciCredentials>): Link {
  const calls: OciCredentials[] = []
  const self: Link = {
    name,
    calls,
    answer,
    provider: async (options) => {
      if (options?.forceRefresh) calls.push(options.forceRefresh)
      return self.answer(options)
    },
  }
  return self
}

const absent =
  (reason: string): CredentialsProvider<OciCredentials> =>
  async () => {
    throw new ConfigurationError('NOT_CONFIGURED', reason)
  }
const present = (): CredentialsProvider<OciCredentials> => {
  const credentials = madeUpCredentials(START, HOUR)
  return async () => credentials
}

describe('chain', () => {
  it('gives the credentials of the first link that is configured, and tells what it passed over', async () => {
    const provider = chain([
      link('environment', absent('nothing set')),
      link('config file', present()),
      link('last', present()),
    ])
    expect(await provider()).toMatchObject({
      source: 'made-up',
      tried: [{ name: 'environment', reason: 'nothing set' }],
    })
  })

  it('names the link as the source of credentials that do not name one', async () => {
    const { source: _, ...anonymous } = madeUpCredentials(START, HOUR)
    expect(await chain([link('config file', async () => anonymous)])()).toMatchObject({
      source: 'config file',
      tried: [],
    })
  })

  it.each([
    ['a broken set-up', new ConfigurationError('CONFIG_INVALID', 'line 3')],
    ['a service that fails', new ServiceError('SERVICE_UNREACHABLE', 'down')],
    ['an error of another kind', new TypeError('bug')],
  ])('stops at %s, and never signs as somebody else instead', async (_, error) => {
    const last = link('last', present())
    const broken = link('broken', async () => {
      throw error
    })
    await expect(chain([broken, last])()).rejects.toBe(error)
  })

  it('lists every link and its reason when none is configured', async () => {
    const provider = chain([
      link('environment', absent('OCI_CLI_USER is not set')),
      link('config file', absent('no file')),
    ])
    const error = await provider().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'NOT_CONFIGURED' })
    expect(String(error)).toContain('- environment: OCI_CLI_USER is not set')
    expect(String(error)).toContain('- config file: no file')
  })

  it('is itself a link that another chain passes over', async () => {
    const inner = chain([link('inner', absent('nothing'))])
    const outer = chain<OciCredentials>([{ name: 'group', provider: inner }, link('last', present())])
    expect((await outer()).tried[0]?.reason).toContain('- inner: nothing')
  })

  it('says so when it has no links', async () => {
    await expect(chain([])()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })

  it('gives the same object as long as the link does', async () => {
    const provider = chain([link('only', present())])
    expect(await provider()).toBe(await provider())
  })

  it('hands the refused credentials to the link that gave them, as it gave them', async () => {
    const given = madeUpCredentials(START, HOUR)
    const only = link('only', async () => given)
    const provider = chain([only])
    await provider({ forceRefresh: await provider() })
    expect(only.calls).toEqual([given])
    expect(only.calls[0]).toBe(given)
  })

  it('stays with the link it found, and looks again only when that one is gone', async () => {
    const first = link('first', absent('not yet'))
    const second = link('second', present())
    const provider = chain([first, second])
    const found = await provider()
    first.answer = present()
    expect(await provider()).toBe(found)
    second.answer = absent('gone')
    expect(await provider()).toMatchObject({ tried: [{ name: 'second', reason: 'gone' }] })
  })

  it('passes the signal on', async () => {
    const reason = new Error('left')
    const provider = chain([link('only', async (options) => Promise.reject(options?.signal?.reason))])
    await expect(provider({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('goes on to tell what it passed over, also when its link has newer credentials', async () => {
    const found = link('found', present())
    const provider = chain([link('first', absent('nothing set')), found])
    const { tried } = await provider()
    found.answer = present()
    expect(await provider()).toMatchObject({ tried })
    expect(tried).toHaveLength(1)
  })

  it('asks a link that is gone once, and then the others', async () => {
    const asked: string[] = []
    const told = (name: string, answer: CredentialsProvider<OciCredentials>) =>
      link(name, async (options) => {
        asked.push(name)
        return answer(options)
      })
    const [first, second] = [told('first', absent('nothing set')), told('second', present())]
    const provider = chain([first, second])
    await provider()
    asked.length = 0
    second.answer = async () => {
      asked.push('second')
      throw new ConfigurationError('NOT_CONFIGURED', 'gone')
    }
    await expect(provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    expect(asked).toEqual(['second', 'first'])
  })
})
