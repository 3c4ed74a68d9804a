import { describe, expect, test } from 'vitest'
import { chosenRows, withSizes } from '../../scripts/readme-sizes.mjs'

const rows = [
  { name: 'root', cells: ['4.0', '32.0', 'nothing'] },
  { name: 'countersign/auto', cells: ['3.7', '87.4', 'ky'] },
]

describe('the table of sizes in the README', () => {
  test('stands between its markers, and nothing else changes', () => {
    const readme = withSizes(
      'before\n<!-- sizes -->\nold\n<!-- /sizes -->\nafter\n',
      chosenRows(['countersign/auto'], rows),
    )
    expect(readme).toMatch(/^before\n<!-- sizes -->\n\| Entry /)
    expect(readme).toMatch(/\| `countersign\/auto` \| 3\.7 \| 87\.4 \| ky \|\n<!-- \/sizes -->\nafter\n$/)
  })

  test('is not written without an entry that it should show', () => {
    expect(() => chosenRows(['root', 'countersign/gone'], rows)).toThrow(/countersign\/gone/)
  })

  test('is not written into a README without its markers', () => {
    expect(() => withSizes('before\n<!-- sizes -->\nafter\n', rows)).toThrow(/<!-- \/sizes -->/)
  })
})
