import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import ts from 'typescript'

export const root: string = resolve(import.meta.dirname, '../..')

/** How a module names another: at load, at the moment of need, or for its types alone. */
export type ImportKind = 'static' | 'dynamic' | 'type'

export interface ModuleImport {
  readonly kind: ImportKind
  /** The file under `src/` for a relative import; otherwise the specifier as written. */
  readonly target: string
}

export interface SourceModule {
  /** The path under `src/`, such as `signers/oci.ts`. */
  readonly path: string
  readonly source: ts.SourceFile
  readonly imports: readonly ModuleImport[]
}

/** Every module under `src/`, parsed, with what it imports. */
export function sourceModules(): readonly SourceModule[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map(readModule)
}

/** The package an import names, without its subpath; `undefined` for a file of ours and for Node's own modules. */
export function packageOf(target: string): string | undefined {
  if (isFile(target) || target.startsWith('#') || target.startsWith('node:')) return undefined
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

export function isFile(target: string): boolean {
  return target.endsWith('.ts')
}

function readModule(path: string): SourceModule {
  const text = readFileSync(join(root, 'src', path), 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return { path, source, imports: importsOf(source, path) }
}

function importsOf(source: ts.SourceFile, path: string): readonly ModuleImport[] {
  const found: ModuleImport[] = []
  const add = (kind: ImportKind, node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node)) found.push({ kind, target: targetOf(node.text, path) })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.importClause?.isTypeOnly ? 'type' : 'static', node.moduleSpecifier)
    if (ts.isExportDeclaration(node)) add(node.isTypeOnly ? 'type' : 'static', node.moduleSpecifier)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add('type', node.argument.literal)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add('dynamic', node.arguments[0])
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function targetOf(specifier: string, from: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
}
