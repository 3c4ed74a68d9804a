import { UsageError } from '../errors.js'

const ansiEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' }

/**
 * Splits a pasted command line into words as a POSIX shell does, quotes and line continuations included. Nothing is
 * expanded: a key id such as `ST$eyJ…` between double quotes stays as it was typed.
 *
 * @throws UsageError `OPTION_INVALID` when a quote is not closed.
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = []
  const piece =
    /\\\r?\n|\s+|\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\$]+|\$)|(['"\\])/gu
  let word: string | undefined
  for (const match of line.matchAll(piece)) {
    const [whole, ansi, single, double, escaped, bare, stray] = match
    if (stray !== undefined) throw unclosed(stray)
    const value = ansi !== undefined ? ansiText(ansi) : (single ?? bare ?? escaped ?? doubleQuoted(double))
    if (value !== undefined) word = (word ?? '') + value
    else if (!whole.startsWith('\\') && word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  return word === undefined ? words : [...words, word]
}

function doubleQuoted(body: string | undefined): string | undefined {
  return body?.replace(/\\\r?\n/gu, '').replace(/\\([$`"\\])/gu, '$1')
}

function ansiText(body: string): string {
  return body.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/gu, (_, unicode, hex, letter) =>
    letter === undefined ? String.fromCharCode(Number.parseInt(unicode ?? hex, 16)) : (ansiEscapes[letter] ?? letter),
  )
}

function unclosed(quote: string): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    `Expected a whole command line, found a ${quote} that nothing closes; paste the command from "curl" to its end.`,
  )
}

/** One word for a POSIX shell, whatever is in it. */
export function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
