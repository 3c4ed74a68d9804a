import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export const root: string = resolve(import.meta.dirname, '../..')

/** A piece of TypeScript that somebody may copy. */
export interface Snippet {
  /** Where it stands: `README.md:42`. */
  readonly place: string
  readonly code: string
}

/** Every `ts` block of the README and the documentation. */
export function documentSnippets(): readonly Snippet[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)].flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^ *```$/gmu)].map(({ index, 1: indent = '', 2: code = '' }) => ({
      place: `${path}:${lineOf(text, index)}`,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
    }))
  })
}

/** Every `@example` of a public doc comment, with the exports of its own module at hand. */
export function docstringSnippets(): readonly Snippet[] {
  return sourceFiles(join(root, 'src')).flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    return [...text.matchAll(/\/\*\*[\s\S]*?\*\//gu)].flatMap(({ index, 0: comment }) =>
      examplesOf(comment).map((code) => ({
        place: `${relative(root, path)}:${lineOf(text, index)}`,
        code: withImports(code, path, text),
      })),
    )
  })
}

function examplesOf(comment: string): readonly string[] {
  const lines = comment.replace(/^\/\*\*|\*\/$/gu, '').replaceAll(/^ *\* ?/gmu, '')
  return [...lines.matchAll(/^@example[^\n]*\n([\s\S]*?)(?=^@|$(?![\s\S]))/gmu)].map(({ 1: body = '' }) => {
    const fenced = /```ts\n([\s\S]*?)```/u.exec(body)
    return (fenced?.[1] ?? body).trim()
  })
}

/** An example without an import of its own speaks of the module it stands in. */
function withImports(code: string, path: string, text: string): string {
  if (/^import /mu.test(code)) return code
  const names = [...text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gmu)].map(
    ({ 1: name = '' }) => name,
  )
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`, 'u').test(code))
  const entry = relative(join(root, 'src'), path).replace(/\.ts$/u, '.js')
  return used.length === 0 ? code : `import { ${used.join(', ')} } from '../../dist/${entry}'\n${code}`
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('/src/cli'))
    .map(({ parentPath, name }) => join(parentPath, name))
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
