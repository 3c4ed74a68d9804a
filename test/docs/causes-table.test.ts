import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { causes, explain } from '../../src/explain/index.js'
import { provocations } from '../explain/provocations.js'
import { makeWorld, NOON, sent } from '../explain/world.js'
import { root } from './snippets.js'

const path = join(root, 'docs/explain.md')

// `UPDATE_DOCS=1 npx vitest run test/docs` writes the table anew.
it('keeps the table of causes as the tests find it', async () => {
  const rows: string[] = []
  for (const code of Object.keys(causes)) rows.push(await rowOf(code))
  const table = ['| Cause | Says | Provoked by | Named first |', '| --- | --- | --- | --- |', ...rows].join('\n')
  const page = readFileSync(path, 'utf8')
  const wanted = page.replace(/(<!-- causes -->)[\s\S]*(<!-- \/causes -->)/u, `$1\n${table}\n$2`)
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, wanted)
  else expect(page).toBe(wanted)
  expect(rows.every((row) => row.endsWith('| yes |'))).toBe(true)
})

async function rowOf(code: string): Promise<string> {
  const tried = provocations.filter((provocation) => provocation.code === code)
  const first: boolean[] = []
  for (const provocation of tried) first.push(await isNamedFirst(provocation))
  const { title } = causes[code as keyof typeof causes]
  const verdict = first.length > 0 && first.every(Boolean) ? 'yes' : 'no'
  return `| \`${code}\` | ${title} | ${tried.map(({ how }) => how).join('; ')} | ${verdict} |`
}

async function isNamedFirst({ code, setUp, send }: (typeof provocations)[number]): Promise<boolean> {
  const world = await makeWorld()
  const evidence = send ? await sent(world, await send(world)) : await setUp?.(world)
  const explanation = await explain(evidence ?? {}, { clock: () => NOON })
  return explanation.causes[0]?.code === code
}
