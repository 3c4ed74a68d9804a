import { alibabaEcsRamRole } from 'countersign/credentials/alibaba-ecs-ram-role'
import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
import type { CredentialsEvent } from 'countersign/credentials/events'
import { kmsSecrets } from 'countersign/federation/alibaba-kms'
import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
import { signAcs3 } from 'countersign/signers/alibaba-acs3'
import { alibabaAccount } from 'countersign/testing/alibaba-account'
import type { FlowSettings, Running } from './flows.js'
import type { Stage } from './stage.js'

/** Calls to an Open API by an application that knows the name of a secret and holds no key. */
export function managedCalls(stage: Stage, settings: FlowSettings): Running {
  const { onEvent: _, ...surroundings } = settings
  const { fetch, clock, sleep } = settings
  const { region, secretName } = stage.emulator.of(alibabaAccount)
  const access = alibabaEcsRamRole(surroundings)
  const credentials = alibabaManaged({
    ...surroundings,
    secretName,
    secrets: kmsSecrets({ region, access, fetch, clock, sleep }),
    onEvent: (event) => stage.onEvent(withEnd(event, credentials.current()?.refreshBy)),
  })
  const signOptions = { action: 'DescribeRegions', version: '2014-05-26' }
  const signed = createAlibabaFetch({ credentials, sign: signAcs3, signOptions, fetch, clock })
  return { call: () => signed(`https://ecs.${region}.aliyuncs.com/`, { method: 'POST' }) }
}

/** An access key has no end of its own: the timeline shows it until it is due to be fetched again. */
function withEnd(event: CredentialsEvent, refreshBy: number | undefined): CredentialsEvent {
  return event.type === 'refreshed' && refreshBy !== undefined ? { ...event, expiresAt: refreshBy } : event
}
