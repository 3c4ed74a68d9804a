import { type Slot, slot } from './surface.js'

/** How a machine identity lets OCI principals in, as Infisical keeps it. */
export interface InfisicalOciConfig {
  readonly id: string
  readonly identityId: string
  readonly type: 'iam'
  readonly tenancyOcid: string
  readonly allowedUsernames: string | null
  readonly accessTokenTTL: number
  readonly accessTokenMaxTTL: number
  readonly accessTokenNumUsesLimit: number
  readonly accessTokenTrustedIps: readonly { readonly ipAddress: string }[]
}

/** An access token that was given out. Times are epoch milliseconds. */
export interface InfisicalGrant {
  readonly identityId: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** What the emulated Infisical remembers. */
export interface InfisicalState {
  /** The token of its administrator. */
  readonly adminToken: string
  /** Machine identities by id, with their OCI Auth where it is attached. */
  readonly identities: Map<string, InfisicalOciConfig | undefined>
  readonly grants: Map<string, InfisicalGrant>
  /** Whether the signer of a login must be the user it names, as in newer versions. */
  comparesSigner: boolean
}

/** The emulator's Infisical. It begins with one identity, without OCI Auth. */
export const infisicalState: Slot<InfisicalState> = slot(
  'infisical',
  (): InfisicalState => ({
    adminToken: 'emulated-infisical-admin',
    identities: new Map([['01234567-89ab-cdef-0123-456789abcdef', undefined]]),
    grants: new Map(),
    comparesSigner: true,
  }),
)
