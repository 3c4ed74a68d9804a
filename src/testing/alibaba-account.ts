import type { ClientKeyFile } from '../keys/alibaba-client-key.js'
import type { AlibabaCredentials, Clock } from '../types.js'
import { AlibabaAccessKeys } from './alibaba-access-keys.js'
import type { EmulatorState } from './state.js'
import { type Slot, slot } from './surface.js'

/** A secret as the emulated KMS keeps it, under the names of `GetSecretValue`. */
export interface EmulatedSecret {
  readonly SecretType: string
  readonly SecretData: string
  readonly ExtendedConfig?: string
  readonly AutomaticRotation?: string
  readonly RotationInterval?: string
  readonly NextRotationDate?: string
  readonly LastRotationDate?: string
  readonly CreateTime?: string
  readonly VersionId?: string
}

const ACCOUNT_ID = '1234567890123456'
const ROTATION_INTERVAL_SECONDS = 604_800

/** The emulated Alibaba Cloud account: who is in it, which access keys it knows, and which secrets its KMS keeps. */
export class AlibabaAccount {
  readonly id: string = ACCOUNT_ID
  readonly region = 'cn-hangzhou'
  /** The managed RAM credential that is there from the start. */
  readonly secretName = 'emulated-ram-secret'
  /** The RAM role of the ECS instance. */
  readonly roleName = 'EmulatedEcsRole'
  /** The role that `AssumeRole` and `AssumeRoleWithOIDC` hand out. */
  readonly roleArn: string = `acs:ram::${ACCOUNT_ID}:role/emulated-role`
  readonly oidcProviderArn: string = `acs:ram::${ACCOUNT_ID}:oidc-provider/emulated-cluster`
  /** The id of the KMS client key; the emulator's key `alibaba-client-key` belongs to it. */
  readonly clientKeyId = 'KAAP.00000000-0000-4000-8000-000000000001'
  readonly accessKeys: AlibabaAccessKeys
  /** What a program proves itself with to KMS and STS. No rotation touches it. */
  readonly accessKey: AlibabaCredentials
  /** Whether the metadata service insists on its token, as a hardened instance does. */
  metadataTokenRequired = false
  readonly #clock: Clock
  readonly #managed = new Map<string, AlibabaCredentials>()
  readonly #secrets = new Map<string, EmulatedSecret>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.accessKeys = new AlibabaAccessKeys(clock)
    this.accessKey = this.accessKeys.issue(this.userArn('emulated-application'))
    this.rotate()
  }

  /** The ARN of a user of this account. */
  userArn(name: string): string {
    return `acs:ram::${this.id}:user/${name}`
  }

  /**
   * Gives a managed RAM credential another access key; makes the secret if it is not there. The key before is unknown at
   * once, as after an emergency rotation, or after `previousForMs` milliseconds.
   */
  rotate(options: { readonly secretName?: string; readonly previousForMs?: number } = {}): AlibabaCredentials {
    const { secretName = this.secretName, previousForMs = 0 } = options
    const previous = this.#managed.get(secretName)
    if (previous) this.accessKeys.remove(previous.accessKeyId, previousForMs)
    const userName = `user-of-${secretName}`
    const credentials = this.accessKeys.issue(this.userArn(userName))
    this.#managed.set(secretName, credentials)
    this.#secrets.set(secretName, managedSecret(credentials, userName, this.#clock()))
    return credentials
  }

  /** The access key that a managed RAM credential holds now. */
  managed(secretName: string = this.secretName): AlibabaCredentials | undefined {
    return this.#managed.get(secretName)
  }

  /** Whether an ARN is that of a user whose access key a secret holds. Such a user has no rights in KMS and STS. */
  isManagedUser(arn: string): boolean {
    return arn.startsWith(this.userArn('user-of-'))
  }

  /** What KMS keeps under a name. */
  secret(secretName: string): EmulatedSecret | undefined {
    return this.#secrets.get(secretName)
  }

  /** Puts a secret of any kind into KMS. */
  putSecret(secretName: string, secret: EmulatedSecret): void {
    this.#secrets.set(secretName, secret)
  }
}

/**
 * The emulator's Alibaba Cloud account.
 *
 * @example
 * ```ts
 * import { createEmulator } from 'countersign/testing'
 * import { alibabaAccount } from 'countersign/testing/alibaba-account'
 *
 * const account = createEmulator().of(alibabaAccount)
 * const { accessKeyId } = account.rotate() // the access key before this one is refused from now on
 * ```
 */
export const alibabaAccount: Slot<AlibabaAccount> = slot('alibaba-account', ({ clock }) => new AlibabaAccount(clock))

/** The client key file of the emulated application, as the KMS console hands one out. Its key needs no password. */
export async function alibabaClientKeyFile(state: EmulatorState): Promise<ClientKeyFile> {
  const { privateKeyPem } = await state.keys.get('alibaba-client-key')
  return {
    KeyId: state.of(alibabaAccount).clientKeyId,
    PrivateKeyData: privateKeyPem.replace(/-----[A-Z ]+-----|\s/g, ''),
  }
}

function managedSecret(credentials: AlibabaCredentials, UserName: string, now: number): EmulatedSecret {
  const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret } = credentials
  return {
    SecretType: 'RAMCredentials',
    SecretData: JSON.stringify({ AccessKeyId, AccessKeySecret }),
    ExtendedConfig: JSON.stringify({ SecretSubType: 'RamUserAccessKey', UserName, CustomData: {} }),
    AutomaticRotation: 'Enabled',
    RotationInterval: `${ROTATION_INTERVAL_SECONDS}s`,
    NextRotationDate: new Date(now + ROTATION_INTERVAL_SECONDS * 1000).toISOString(),
    LastRotationDate: new Date(now).toISOString(),
    CreateTime: new Date(now).toISOString(),
    VersionId: crypto.randomUUID(),
  }
}
