import { describe, expect, it } from 'vitest'
import { parseConfigFile } from '../../src/credentials/config-file-parser.js'
import { ConfigProfile } from '../../src/credentials/config-profile.js'

/** The profile `[OTHER]` of a file, with what it inherits from `[DEFAULT]`. */
function other(content: string, path = '/config'): ConfigProfile {
  const sections = parseConfigFile(content, path)
  const section = sections.get('OTHER') ?? expect.unreachable('there is no such profile')
  return new ConfigProfile(section, sections.get('DEFAULT'), path)
}

describe('a profile', () => {
  const bound = [
    'pass_phrase',
    'passphrase',
    'security_token_file',
    'authentication_type',
    'delegation_token',
    'delegation_token_file',
  ]

  it.each(bound)('with a key of its own does not inherit %s', (name) => {
    const inherited = `[DEFAULT]\n${name}=value\nkey_file=a\n[OTHER]\n`
    expect(other(`${inherited}region=phx`).get(name)).toBe('value')
    expect(other(`${inherited}key_file=b`).get(name)).toBeUndefined()
    expect(other(`${inherited}key_file=b\n${name}=own`).get(name)).toBe('own')
  })

  it.each(['tenancy', 'user', 'fingerprint', 'region'])('with a key of its own inherits %s all the same', (name) => {
    expect(other(`[DEFAULT]\n${name}=value\n[OTHER]\nkey_file=b`).get(name)).toBe('value')
  })

  it('does not inherit what it states to be empty', () => {
    const profile = other('[DEFAULT]\nregion=phx\n[OTHER]\nregion=')
    expect(profile.get('region')).toBeUndefined()
    expect(profile.owns('region')).toBe(true)
    expect(profile.owns('user')).toBe(false)
  })

  it('says whether what is missing is empty or not there', () => {
    const profile = other('[OTHER]\nuser=\nregion=\ntenancy=t')
    expect(() => profile.require('user', 'region', 'tenancy')).toThrow(
      'Expected user, region, found nothing after the "=" in line 2, 3 (profile [OTHER], line 1 of /config).',
    )
    expect(() => profile.require('fingerprint')).toThrow('Expected fingerprint, found no such settings')
    expect(profile.require('tenancy')).toEqual({ tenancy: 't' })
  })

  it('equals one of the same settings, in whatever lines and order', () => {
    const profile = other('[DEFAULT]\nregion=phx\n[OTHER]\nuser=u\ntenancy=t')
    expect(profile.equals(other('# c\n[OTHER]\ntenancy=t\nuser=u\n[DEFAULT]\nregion=phx\n[THIRD]\na=b'))).toBe(true)
    for (const content of [
      '[DEFAULT]\nregion=iad\n[OTHER]\nuser=u\ntenancy=t',
      '[DEFAULT]\nregion=phx\n[OTHER]\nuser=u\ntenancy=x',
      '[OTHER]\nuser=u\ntenancy=t',
    ]) {
      expect(profile.equals(other(content))).toBe(false)
    }
    expect(profile.equals(other('[DEFAULT]\nregion=phx\n[OTHER]\nuser=u\ntenancy=t', '/elsewhere'))).toBe(false)
  })
})
