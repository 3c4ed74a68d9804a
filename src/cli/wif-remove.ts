import { removeWifSetup } from '../federation/wif-setup/remove-setup.js'
import type { CliCommand } from './command.js'
import { printFacts, printJson } from './print.js'
import { readSetup, setupClients, wifOptions } from './wif-options.js'

/** `countersign wif remove`: takes a set-up down. Describe it with the options that made it. */
export const wifRemove: CliCommand = {
  options: wifOptions,
  examples: ['countersign wif remove --config setupConfig.ini'],
  async run(input, context) {
    const { setup, config } = await readSetup(input, context)
    const removals = await removeWifSetup(setup, await setupClients(input, context, setup, config))
    if (input.flag('json')) return void printJson({ removals }, context)
    printFacts(
      removals.map(({ resource, name, outcome }) => [outcome, `${resource} ${name}`]),
      context,
    )
    return undefined
  },
}
