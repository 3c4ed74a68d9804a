import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { isFile, packageOf, type SourceModule, sourceModules } from './source-modules.js'

const modules = sourceModules()

/**
 * Which way imports may point: a module may import its own folder and those to the right of it in this list. Each
 * element is a set of folders (or files) that stand on one level.
 */
const LEVELS: readonly (readonly string[])[] = [
  ['cli'],
  ['explain', 'testing'],
  ['auto', 'index'],
  ['credentials', 'logins'],
  ['federation'],
  ['certificates'],
  ['http'],
  ['signers', 'verify'],
  ['keys', 'regions'],
  ['encoding'],
  ['runtime'],
  ['errors', 'types'],
]

/** Imports that point back, each with its reason. */
const EXCEPTIONS: ReadonlySet<string> = new Set([
  // The token engine is one for every token, and federation is where tokens come from.
  'federation/x509.ts → credentials/cache-options.ts',
  'federation/x509.ts → credentials/cached.ts',
  'federation/x509.ts → credentials/principal-options.ts',
])

/** The only files that may name a dependency; where there are two, each has its reason here. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@noble/ciphers': ['keys/block-ciphers.ts'],
  // Three different hash functions for three needs: scrypt, the hashes of PKCS#12, and SHA-256 in pieces.
  '@noble/hashes': ['keys/pbes2.ts', 'keys/synchronous-hashes.ts', 'runtime/portable-sha256.ts'],
  '@peculiar/x509': ['certificates/inspect.ts'],
  asn1js: ['certificates/leaf.ts'],
  commander: ['cli/program.ts'],
  'des.js': ['keys/triple-des.ts'],
  ky: ['http/service-call.ts'],
  pbf: ['federation/alibaba-dkms-messages.ts'],
  pkijs: ['certificates/chains.ts'],
  'reflect-metadata': ['certificates/inspect.ts'],
  undici: ['runtime/node.ts'],
}

/** Too heavy to load before they are needed. */
const LAZY = new Set([
  '@noble/ciphers',
  '@noble/hashes',
  '@peculiar/x509',
  'asn1js',
  'des.js',
  'pkijs',
  'reflect-metadata',
  'undici',
])

describe('imports', () => {
  test('point one way, from the command line down to the errors', () => {
    const wrong = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => isFile(target) && levelOf(target) < levelOf(path))
        .map(({ target }) => `${path} → ${target}`)
        .filter((arrow) => !EXCEPTIONS.has(arrow)),
    )
    expect(wrong).toEqual([])
  })

  test('form no circle', () => {
    expect(circles()).toEqual([])
  })

  test('reach each dependency from one file', () => {
    const homes = new Map<string, Set<string>>()
    for (const { path, imports } of modules) {
      for (const { target } of imports) {
        const name = packageOf(target)
        if (name && name !== 'countersign') homes.set(name, (homes.get(name) ?? new Set()).add(path))
      }
    }
    const found = Object.fromEntries([...homes].map(([name, paths]) => [name, [...paths].sort()]))
    expect(found).toEqual(HOMES)
  })

  test('wait for the moment of need when the dependency is heavy', () => {
    const early = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ kind, target }) => kind === 'static' && LAZY.has(packageOf(target) ?? ''))
        .map(({ target }) => `${path} → ${target}`),
    )
    expect(early).toEqual([])
  })

  test('never go through an index', () => {
    const through = modules.flatMap(({ path, imports }) =>
      imports.filter(({ target }) => /(^|\/)index\.ts$/.test(target)).map(({ target }) => `${path} → ${target}`),
    )
    expect(through).toEqual([])
  })

  test('leave signers without any knowledge of credentials providers', () => {
    const signers = modules.filter(({ path }) => path.startsWith('signers/'))
    expect(
      signers.flatMap(({ imports }) => imports).filter(({ target }) => /^(credentials|http)\//.test(target)),
    ).toEqual([])
  })
})

describe("a platform's own names", () => {
  const portable = modules.filter(({ path }) => !/^(cli|runtime)\//.test(path))

  test("keep Node's modules inside runtime/ and cli/", () => {
    const found = portable.flatMap(({ path, imports }) =>
      imports.filter(({ target }) => target.startsWith('node:')).map(({ target }) => `${path} → ${target}`),
    )
    expect(found).toEqual([])
  })

  test('keep process, Buffer, Deno and Bun inside runtime/ and cli/', () => {
    const found = portable.flatMap((module) => platformNames(module).map((name) => `${module.path}: ${name}`))
    expect(found).toEqual([])
  })
})

function levelOf(path: string): number {
  const [folder = ''] = path.replace(/\.ts$/, '').split('/')
  const level = LEVELS.findIndex((folders) => folders.includes(folder))
  if (level < 0) throw new Error(`${path} is on no level; say in LEVELS what it may import.`)
  return level
}

/** Each circle of imports that exists at run time, once. */
function circles(): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.add([...trail.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const { kind, target } of byPath.get(path)?.imports ?? []) {
      if (kind !== 'type' && isFile(target)) walk(target, [...trail, path])
    }
    done.add(path)
  }
  for (const { path } of modules) walk(path, [])
  return [...found]
}

function platformNames({ source }: SourceModule): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const named = ts.isIdentifier(node) && ['process', 'Buffer', 'Deno', 'Bun'].includes(node.text)
    if (named && isReference(node)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Whether an identifier means a variable, rather than a property or a name that is being declared. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return !ts.isPropertyAssignment(parent) && !ts.isPropertySignature(parent) && !ts.isMethodSignature(parent)
}
