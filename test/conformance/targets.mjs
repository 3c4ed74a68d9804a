// @ts-check
// Every runtime the suite runs on: how to start it, and what it must turn out to be.
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const runtimes = resolve(root, 'test/runtimes/node_modules')
const out = resolve(root, 'out/conformance')

/**
 * @typedef {object} Target
 * @property {string} name the word for the command line
 * @property {string} title the matrix column
 * @property {import('./capability.js').Kind} kind which adapter it must pick
 * @property {string} [userAgent] what its user agent must look like
 * @property {() => string | undefined} missing why it cannot run on this machine
 * @property {(base: string, folder: string) => Promise<Launch>} launch
 */

/**
 * @typedef {object} Launch
 * @property {readonly string[]} command
 * @property {Record<string, string>} [environment]
 */

/** @param {string} name @param {string} title @param {string} program @param {string} [userAgent] @returns {Target} */
function node(name, title, program, userAgent) {
  return {
    name,
    title,
    kind: 'node',
    ...(userAgent && { userAgent }),
    missing: () => missingFile(program, 'run npm install --prefix test/runtimes'),
    launch: async (base) => ({ command: [program, join(out, 'command/entry-command.js'), base, name] }),
  }
}

/** @param {string} name @param {string} title @param {string} date @param {readonly string[]} flags @returns {Target} */
function worker(name, title, date, flags) {
  const program = join(runtimes, '.bin/workerd')
  return {
    name,
    title,
    kind: 'workers',
    userAgent: '^Cloudflare-Workers$',
    missing: () => missingFile(program, 'run npm install --prefix test/runtimes'),
    async launch(base, folder) {
      const config = join(folder, 'config.capnp')
      await writeFile(config, await workerConfig(base, name, date, flags))
      return { command: [program, 'test', config, `--import-path=${out}`] }
    },
  }
}

/** @param {string} base @param {string} target @param {string} date @param {readonly string[]} flags */
async function workerConfig(base, target, date, flags) {
  const modules = join(out, 'worker')
  const names = (await readdir(modules)).filter((name) => name.endsWith('.js'))
  // The first module is the Worker's own; `embed` takes paths from the root of the import path.
  const ordered = ['entry-worker.js', ...names.filter((name) => name !== 'entry-worker.js')]
  const embedded = ordered.map((name) => `(name = "${name}", esModule = embed "/worker/${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [ (name = "main", worker = .w),
  (name = "internet", network = (allow = ["public", "private", "local"])) ]);
const w :Workerd.Worker = (
  modules = [ ${embedded.join(',\n    ')} ],
  compatibilityDate = "${date}", compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
  bindings = [ (name = "BASE", text = "${base}"), (name = "TARGET", text = "${target}") ]);
`
}

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
]

/** @type {Readonly<Record<string, { title: string, userAgent: string, files: readonly string[], start: (folder: string, url: string) => Launch }>>} */
const BROWSERS = {
  chromium: {
    title: 'Chromium',
    userAgent: 'Chrome/',
    files: ['/usr/bin/chromium'],
    start: (folder, url) => ({ command: ['chromium', ...CHROMIUM_FLAGS, `--user-data-dir=${folder}`, url] }),
  },
  firefox: {
    title: 'Firefox',
    userAgent: 'Firefox/',
    files: ['/usr/bin/firefox-esr'],
    start: (folder, url) => ({
      command: ['firefox-esr', '--headless', '--no-remote', '--profile', folder, url],
      environment: { HOME: folder },
    }),
  },
  webkit: {
    title: 'WebKit',
    userAgent: 'AppleWebKit/(?!.*Chrome)',
    files: [MINI_BROWSER, '/usr/bin/xvfb-run'],
    start: (folder, url) => ({
      command: ['xvfb-run', '-a', MINI_BROWSER, '--private', url],
      environment: { HOME: folder, XDG_RUNTIME_DIR: folder, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    }),
  },
}

/** @param {string} name @returns {Target} */
function browser(name) {
  const facts = BROWSERS[name]
  if (!facts) throw new Error(`There is no browser ${name} in the table.`)
  const { title, userAgent, files, start } = facts
  return {
    name,
    title,
    kind: 'browser',
    userAgent,
    missing: () =>
      files.map((file) => missingFile(file, 'install the Debian packages that .ci/run lists')).find(Boolean),
    launch: async (base, folder) => start(folder, `${base}/page?target=${name}`),
  }
}

const deno = join(runtimes, '.bin/deno')
const bun = join(runtimes, '.bin/bun')

/** @type {readonly Target[]} */
export const targets = [
  node('node', `Node ${process.versions.node.split('.')[0]}`, process.execPath),
  node('node22', 'Node 22', join(runtimes, 'node22/bin/node'), '^Node\\.js/22'),
  node('node24', 'Node 24', join(runtimes, 'node24/bin/node'), '^Node\\.js/24'),
  node('node26', 'Node 26', join(runtimes, 'node26/bin/node'), '^Node\\.js/26'),
  {
    name: 'deno',
    title: 'Deno',
    kind: 'deno',
    userAgent: '^Deno/',
    missing: () => missingFile(deno, 'run npm install --prefix test/runtimes'),
    launch: async (base) => ({ command: [deno, 'run', '-A', join(out, 'command/entry-command.js'), base, 'deno'] }),
  },
  {
    name: 'bun',
    title: 'Bun',
    kind: 'bun',
    userAgent: '^Bun/',
    missing: () => missingFile(bun, 'run npm install --prefix test/runtimes'),
    async launch(base, folder) {
      // Bun honours the paths of tsconfig.json, which lead to the sources: it is the build that is tested.
      const override = join(folder, 'tsconfig.json')
      await writeFile(override, '{}')
      return {
        command: [bun, `--tsconfig-override=${override}`, join(out, 'command/entry-command.js'), base, 'bun'],
      }
    },
  },
  worker('workerd', 'workerd, no flags, 2024-01-01', '2024-01-01', []),
  worker('workerd-node', 'workerd, nodejs_compat', '2026-11-01', ['nodejs_compat']),
  browser('chromium'),
  browser('firefox'),
  browser('webkit'),
]

/** @returns {Promise<{ folder: string, remove: () => Promise<void> }>} */
export async function scratchFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

/** @param {string} file @param {string} advice */
function missingFile(file, advice) {
  return existsSync(file) ? undefined : `${file} is not there; ${advice}`
}
