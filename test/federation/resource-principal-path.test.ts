import { describe, expect, test } from 'vitest'
import { environmentPath, fixedPath } from '../../src/federation/resource-principal-path.js'
import { urlAt } from '../../src/federation/resource-principal-token.js'
import { runtime } from '../../src/runtime/node.js'
import type { Runtime } from '../../src/runtime/types.js'

const PREFIX = 'OCI_RESOURCE_PRINCIPAL_'
const machine = (variables: Readonly<Record<string, string>>): Runtime => ({
  ...runtime,
  env: (name) => variables[name],
})

test('fixedPath gives the path as it is', async () => {
  expect(await fixedPath('/a/{id}')()).toBe('/a/{id}')
})

describe('environmentPath', () => {
  test('fills the id into the template', async () => {
    const env = { [`${PREFIX}RPT_PATH`]: '/a/{id}/b/{id}', [`${PREFIX}RPT_ID`]: ' ocid1.x/y ' }
    expect(await environmentPath({ runtime: machine(env) })()).toBe('/a/ocid1.x%2Fy/b/ocid1.x%2Fy')
  })

  test('needs no id for a template without a place for one', async () => {
    expect(await environmentPath({ runtime: machine({ [`${PREFIX}RPT_PATH`]: '/a' }) })()).toBe('/a')
  })

  test('reads the variables of the leaf when it is told to', async () => {
    const env = { [`${PREFIX}RPT_PATH_FOR_LEAF_RESOURCE`]: '/leaf', [`${PREFIX}RPT_PATH`]: '/not' }
    expect(await environmentPath({ suffix: '_FOR_LEAF_RESOURCE', runtime: machine(env) })()).toBe('/leaf')
  })

  test.each([
    ['neither is set', {}],
    ['the id is not set', { [`${PREFIX}RPT_PATH`]: '/a/{id}' }],
    ['the template is blank', { [`${PREFIX}RPT_PATH`]: ' ', [`${PREFIX}RPT_ID`]: 'x' }],
  ])('says which variables are missing when %s', (_, env) => {
    expect(() => environmentPath({ runtime: machine(env) })()).toThrow(
      expect.objectContaining({ code: 'CONFIG_MISSING', message: expect.stringContaining(`${PREFIX}RPT_PATH`) }),
    )
  })
})

describe('urlAt', () => {
  test.each([
    ['https://a.example', '/b', 'https://a.example/b'],
    ['https://a.example/', 'b', 'https://a.example/b'],
    ['https://a.example/x//', '//b', 'https://a.example/x/b'],
  ])('joins %s and %s', (endpoint, path, url) => {
    expect(urlAt(endpoint, path)).toBe(url)
  })

  test.each([
    'a.example',
    'ftp://a.example',
    'https://a.example?x=1',
    'https://a.example#x',
    'https://u:hunter2@a.example',
  ])('refuses the endpoint %s, and does not repeat it', (endpoint) => {
    expect(() => urlAt(endpoint, '/b')).toThrow(
      expect.objectContaining({ code: 'URL_INVALID', message: expect.not.stringContaining('hunter2') }),
    )
  })
})
