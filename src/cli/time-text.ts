const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** A time with its distance from now: `2026-11-21T12:00:00.000Z, in 59 minutes`. Both are epoch milliseconds. */
export function timeText(time: number, now: number): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return 'a time that no calendar has'
  return `${date.toISOString()}, ${distance(time - now)}`
}

function distance(milliseconds: number): string {
  const length = Math.abs(milliseconds)
  const [name, size] = UNITS.find(([, unit]) => length >= unit) ?? UNITS[3]
  const count = Math.floor(length / size)
  const amount = `${count} ${name}${count === 1 ? '' : 's'}`
  return milliseconds < 0 ? `${amount} ago` : `in ${amount}`
}
