// @ts-check
// The table of sizes in README.md.

/** @typedef {{ readonly name: string, readonly cells: readonly string[] }} SizeRow */

/**
 * The rows of these names, in their order.
 * @param {readonly string[]} names
 * @param {readonly SizeRow[]} rows
 */
export function chosenRows(names, rows) {
  return names.map((name) => {
    const row = rows.find((candidate) => candidate.name === name)
    if (row === undefined)
      throw new Error(`Expected ${name} to have been weighed, found no such entry; mend README_ENTRIES.`)
    return row
  })
}

/**
 * The README with the table between its markers.
 * @param {string} readme
 * @param {readonly SizeRow[]} rows
 */
export function withSizes(readme, rows) {
  if (!MARKED.test(readme)) {
    throw new Error('Expected README.md to have <!-- sizes --> and <!-- /sizes -->, found not both; put them back.')
  }
  const lines = rows.map(({ name, cells }) => {
    const entry = name.startsWith('countersign') ? `\`${name}\`` : `**${name}**`
    return `| ${[entry, ...cells].join(' | ')} |`
  })
  const table = ['| Entry | At once | Later | Reaches, later |', '| --- | --: | --: | --- |', ...lines].join('\n')
  return readme.replace(MARKED, (_, start, end) => `${start}${table}\n${end}`)
}

const MARKED = /(<!-- sizes -->\n)[\s\S]*(<!-- \/sizes -->)/
