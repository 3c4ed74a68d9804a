/** Fails unless both have the same JSON. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}`)
}

export function ok(value: unknown, what: string): asserts value {
  if (!value) throw new Error(`Expected ${what}.`)
}

/** Fails unless the promise is rejected with an error of that code. */
export async function failsWith(code: string, promise: Promise<unknown>, what: string): Promise<void> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  )
  equal(outcome, code, what)
}
