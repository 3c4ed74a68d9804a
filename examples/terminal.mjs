// Plain text when piped, a little colour on a terminal.
import process from 'node:process'

const { stdout, env } = process
const coloured = stdout.isTTY === true && env.NO_COLOR === undefined && env.TERM !== 'dumb'
const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 }

/** @param {keyof typeof COLOURS} colour @param {string} text */
function paint(colour, text) {
  return coloured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text
}

/** @param {string} line */
function print(line) {
  stdout.write(`${line}\n`)
}

/** @param {string} title @param {string} subtitle */
export function heading(title, subtitle) {
  print(`\n${paint('bold', title)}  ${paint('dim', subtitle)}`)
}

/** Shows a text that was signed: names stand out from values. @param {string} text */
export function quote(text) {
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ')
    print(`  ${paint('dim', '│')} ${paint('cyan', line.slice(0, colon))}${line.slice(colon)}`)
  }
}

/** An OCID without the padding at its end. @param {unknown} ocid */
export function brief(ocid) {
  return String(ocid).replace(/(?<=^ocid1\..*?)a{5,}$/, '…')
}

/** @param {Record<string, unknown>} rows */
export function table(rows) {
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  for (const [name, value] of Object.entries(rows)) {
    print(`  ${paint('cyan', name.padEnd(width))}  ${brief(value)}`)
  }
}

/** @param {boolean} good @param {string} text @param {string} [detail] */
export function verdict(good, text, detail) {
  print(`  ${good ? paint('green', '✓') : paint('red', '✗')} ${text}`)
  if (detail !== undefined) note(detail)
}

/** @param {string} text */
export function note(text) {
  print(`    ${paint('dim', text)}`)
}
