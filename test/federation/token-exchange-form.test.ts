import { describe, expect, test } from 'vitest'
import { tokenExchangeForm } from '../../src/federation/token-exchange-form.js'

describe('tokenExchangeForm', () => {
  test('writes these bytes for a fixed token and key', () => {
    expect(tokenExchangeForm('eyJh.eyJi.c2ln', 'MIIBIjAN+/8=').toString()).toBe(
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange' +
        '&requested_token_type=urn%3Aoci%3Atoken-type%3Aoci-upst' +
        '&subject_token=eyJh.eyJi.c2ln&subject_token_type=jwt&public_key=MIIBIjAN%2B%2F8%3D',
    )
  })

  test('encodes the characters of base64 that a form would change', () => {
    expect(tokenExchangeForm('t', '+/=').toString()).toContain('public_key=%2B%2F%3D')
  })

  test('asks for an RPST with the resource type, and passes its life on as it is', () => {
    const form = tokenExchangeForm('t', 'k', { requestedTokenType: 'rpst', resourceType: 'github', rpstExp: '3600' })
    expect(form.get('requested_token_type')).toBe('urn:oci:token-type:oci-rpst')
    expect(form.get('res_type')).toBe('github')
    expect(form.get('rpst_exp')).toBe('3600')
  })

  test('sends no rpst_exp that the caller did not set', () => {
    expect(tokenExchangeForm('t', 'k', { requestedTokenType: 'rpst', resourceType: 'github' }).has('rpst_exp')).toBe(
      false,
    )
  })

  test('sends issuer for a spnego token, and the certificates of an instance', () => {
    const form = tokenExchangeForm('t', 'k', {
      subjectTokenType: 'spnego',
      issuer: 'EXAMPLE.COM',
      appId: 'a',
      instanceCertificate: 'b',
      instanceIntermediateCertificate: 'c',
    })
    expect(Object.fromEntries(form)).toMatchObject({
      subject_token_type: 'spnego',
      issuer: 'EXAMPLE.COM',
      app_id: 'a',
      instance_certificate: 'b',
      instance_intermediate_certificate: 'c',
    })
  })

  test.each([
    ['an RPST without a resource type', { requestedTokenType: 'rpst' as const }],
    ['a UPST with a resource type', { resourceType: 'github' }],
    ['a UPST with an RPST life', { rpstExp: 60 }],
    ['a spnego token without an issuer', { subjectTokenType: 'spnego' as const }],
  ])('refuses %s', (_, parameters) => {
    expect(() => tokenExchangeForm('t', 'k', parameters)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
