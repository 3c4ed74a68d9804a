// @ts-check
// `npm run docs`: the documentation site, from the sources' doc comments and docs/, into docs/dist. Warnings are errors.
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Application, OptionDefaults } from 'typedoc'

const root = resolve(import.meta.dirname, '..')
const pages = readdirSync(resolve(root, 'docs')).filter((name) => name.endsWith('.md'))

const application = await Application.bootstrapWithPlugins({
  name: 'Countersign',
  entryPoints: entryFiles(),
  tsconfig: resolve(root, 'tsconfig.node.json'),
  projectDocuments: [...pages.map((name) => `docs/${name}`), 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  readme: 'README.md',
  out: 'docs/dist',
  treatWarningsAsErrors: true,
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  hideGenerator: true,
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'properties'],
  validation: {
    notExported: false,
    invalidLink: true,
    invalidPath: true,
    notDocumented: false,
    rewrittenLink: true,
    unusedMergeModuleWith: true,
  },
  navigation: { includeFolders: true },
})
const project = await application.convert()
if (project !== undefined) await application.generateOutputs(project)
if (project === undefined || application.logger.hasErrors() || application.logger.hasWarnings()) process.exit(1)
cpSync(resolve(root, 'llms.txt'), resolve(root, 'docs/dist/llms.txt'))
console.log(`Built docs/dist: ${pages.length} guides, ${entryFiles().length} entries.`)

/** The source file of every entry that `exports` offers. */
function entryFiles() {
  const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
  const sources = Object.values(exports)
    .filter((target) => typeof target === 'object')
    .map(({ default: path }) => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
  const files = sources.flatMap((path) => (path.includes('*') ? filesIn(path.slice(0, path.indexOf('*') - 1)) : [path]))
  return [...new Set(files)].sort()
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => `${folder}/${path}`)
}
