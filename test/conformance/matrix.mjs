// @ts-check
// Runtime × capability, as text for a terminal and as a table for the README.

/**
 * @typedef {{ target: import('./targets.mjs').Target, report?: import('./capability.js').Report, skipped?: string }} Run
 * @typedef {import('./capability.js').Row} Row
 */

const MARKERS = ['<!-- conformance -->', '<!-- /conformance -->']

/** @param {readonly Run[]} runs @param {readonly Row[]} rows */
export function markdownMatrix(runs, rows) {
  const reasons = [...new Set(rows.flatMap(({ absent = {} }) => Object.values(absent)))]
  /** @param {Row} row @param {Run} run */
  const cell = (row, run) => {
    const reason = row.absent?.[run.target.kind]
    if (run.skipped) return 'skipped'
    if (!passes(run, row)) return '**failed**'
    return reason === undefined ? '✓' : `[${reasons.indexOf(reason) + 1}]`
  }
  const lines = rows.map((row) => [row.name, ...runs.map((run) => cell(row, run))])
  const table = [['', ...runs.map(({ target }) => target.title)], ['---', ...runs.map(() => ':-:')], ...lines]
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}.`)
  const lead = '✓ holds. A number: it cannot be had there, and the suite shows that the library says so.'
  return [...table.map((cells) => `| ${cells.join(' | ')} |`), '', lead, '', ...notes].join('\n')
}

/** @param {readonly Run[]} runs @param {readonly Row[]} rows */
export function textMatrix(runs, rows) {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const heads = runs.map(({ target }, index) => `${letter(index)} ${target.title}`)
  const lines = rows.map((row) => {
    const cells = runs.map((run) => {
      if (run.skipped) return '·'
      if (!passes(run, row)) return '✗'
      return row.absent?.[run.target.kind] === undefined ? '✓' : '–'
    })
    return `${row.name.padEnd(width)}  ${cells.join(' ')}`
  })
  const letters = `${' '.repeat(width)}  ${runs.map((_, index) => letter(index)).join(' ')}`
  return [heads.join(' · '), '', letters, ...lines, '', '✓ holds   – cannot be had there   ✗ failed   · skipped'].join(
    '\n',
  )
}

/** Puts the table between the README's markers. @param {string} readme @param {string} table */
export function withMatrix(readme, table) {
  const [before, rest] = splitOnce(readme, MARKERS[0] ?? '')
  const [, after] = splitOnce(rest, MARKERS[1] ?? '')
  return `${before}${MARKERS[0]}\n${table}\n${MARKERS[1]}${after}`
}

/** @param {string} text @param {string} marker @returns {[string, string]} */
function splitOnce(text, marker) {
  const at = text.indexOf(marker)
  if (at < 0) throw new Error(`Expected ${marker} in README.md, found none.`)
  return [text.slice(0, at), text.slice(at + marker.length)]
}

/** @param {Run} run @param {Row} row */
function passes({ report }, { name }) {
  const results = report?.results.filter(({ capability }) => capability === name) ?? []
  return results.every(({ error }) => error === undefined) && report !== undefined
}

/** @param {number} index */
const letter = (index) => String.fromCharCode('A'.charCodeAt(0) + index)
