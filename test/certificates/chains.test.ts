import { beforeAll, describe, expect, it } from 'vitest'
import { validateChain } from '../../src/certificates/chains.js'
import { type ChainOfTrust, chainOfTrust, NOW } from './chain-of-trust.js'

let trust: ChainOfTrust
beforeAll(async () => {
  trust = await chainOfTrust()
})

describe('validateChain', () => {
  it('trusts a leaf that leads through an intermediate to the root', async () => {
    const { leaf, intermediate, root } = trust
    const verdict = await validateChain({
      leaf: leaf.der,
      intermediates: [intermediate.der],
      roots: [root.der],
      at: NOW,
    })
    expect(verdict).toEqual({ trusted: true, length: 3 })
  })

  it('does not trust a leaf whose intermediate is missing', async () => {
    const verdict = await validateChain({ leaf: trust.leaf.der, roots: [trust.root.der], at: NOW })
    expect(verdict).toMatchObject({ trusted: false, reason: expect.stringMatching(/./) })
  })

  it('does not trust a leaf after its end', async () => {
    const { leaf, intermediate, root } = trust
    const at = NOW + 3 * 86_400_000
    const verdict = await validateChain({ leaf: leaf.der, intermediates: [intermediate.der], roots: [root.der], at })
    expect(verdict.trusted).toBe(false)
  })

  it('does not trust a leaf that the intermediate only claims to have signed', async () => {
    const { intermediate, root, leaf } = trust
    const forged = await trust.issue({ signingKey: leaf.keys.privateKey })
    const verdict = await validateChain({
      leaf: forged.der,
      intermediates: [intermediate.der],
      roots: [root.der],
      at: NOW,
    })
    expect(verdict.trusted).toBe(false)
  })

  it('does not trust a leaf that was issued by another leaf', async () => {
    const { intermediate, root, leaf } = trust
    const child = await trust.issue({
      subject: [{ CN: ['child'] }],
      issuer: leaf.der,
      signingKey: leaf.keys.privateKey,
    })
    const verdict = await validateChain({
      leaf: child.der,
      intermediates: [intermediate.der, leaf.der],
      roots: [root.der],
      at: NOW,
    })
    expect(verdict.trusted).toBe(false)
  })

  it.each([Number.NaN, undefined, Number.POSITIVE_INFINITY, 9e15])('does not judge at the moment %s', async (at) => {
    const { leaf, intermediate, root } = trust
    const moment = at as number
    const judging = validateChain({ leaf: leaf.der, intermediates: [intermediate.der], roots: [root.der], at: moment })
    await expect(judging).rejects.toMatchObject({ name: 'UsageError', code: 'OPTION_INVALID' })
  })

  it('trusts nobody when there is no root', async () => {
    const { leaf, intermediate } = trust
    const verdict = await validateChain({ leaf: leaf.der, intermediates: [intermediate.der], roots: [], at: NOW })
    expect(verdict.trusted).toBe(false)
  })

  it('never throws anything but CERTIFICATE_INVALID for a certificate with a flipped byte', async () => {
    const { leaf, intermediate, root } = trust
    for (let index = 0; index < leaf.der.length; index += 11) {
      const damaged = leaf.der.slice()
      damaged[index] = (damaged[index] ?? 0) ^ 0xff
      const outcome = await validateChain({
        leaf: damaged,
        intermediates: [intermediate.der],
        roots: [root.der],
        at: NOW,
      }).then(
        ({ trusted }) => trusted,
        (error: { code?: string }) => error.code,
      )
      expect([false, 'CERTIFICATE_INVALID'], `byte ${index}`).toContain(outcome)
    }
  })

  it('says which input is no certificate without quoting it', async () => {
    const broken = validateChain({ leaf: new Uint8Array([1, 2, 3]), roots: [trust.root.der], at: NOW })
    await expect(broken).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' })
  })
})
