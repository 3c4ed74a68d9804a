/** How the emulator behaves; each can be changed while it runs. Times are milliseconds. */
export interface EmulatorSettings {
  /** The life of every token. Absent: what each kind of token has at OCI. */
  tokenLifeMs: number | undefined
  /** How far the emulator's clock is ahead of the one it was given. */
  clockSkewMs: number
  /** Refuses a public key that was submitted before, as a careful service would. Some official SDKs submit one twice. */
  refuseRepeatedKeys: boolean
  /** How long a session may be refreshed after it began. */
  sessionMaxAgeMs: number
  /** Whether `/instance/region` answers a short code, as older regions do, or the identifier. */
  metadataRegion: 'short-code' | 'identifier'
  /** Rotates the instance's certificate once, right after this part of the pair was read. */
  rotateAfterRead: 'certificate' | 'key' | undefined
  /** What the `security-context` header of resource principals 2.1.2 must be. Absent: not looked at. */
  securityContext: string | undefined
  /** How many levels of parents a nested resource principal (3.0) has. */
  parentLevels: number
  /** Whether each level names itself as its parent. */
  parentCycle: boolean
  /** Whether the OKE endpoint quotes its answer, and writes `ST$` before the token, as the real one does. */
  proxymuxQuotes: boolean
  proxymuxTokenPrefix: boolean
}

/** The settings of an emulator that was told nothing. */
export const DEFAULT_SETTINGS: Readonly<EmulatorSettings> = {
  tokenLifeMs: undefined,
  clockSkewMs: 0,
  refuseRepeatedKeys: false,
  sessionMaxAgeMs: 86_400_000,
  metadataRegion: 'short-code',
  rotateAfterRead: undefined,
  securityContext: undefined,
  parentLevels: 1,
  parentCycle: false,
  proxymuxQuotes: true,
  proxymuxTokenPrefix: true,
}

type Test = (value: unknown) => boolean

const isNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value)
const isSwitch: Test = (value) => typeof value === 'boolean'

const FITS: Readonly<Record<keyof EmulatorSettings, Test>> = {
  tokenLifeMs: (value) => value === undefined || isNumber(value),
  clockSkewMs: isNumber,
  refuseRepeatedKeys: isSwitch,
  sessionMaxAgeMs: isNumber,
  metadataRegion: (value) => value === 'short-code' || value === 'identifier',
  rotateAfterRead: (value) => value === undefined || value === 'certificate' || value === 'key',
  securityContext: (value) => value === undefined || typeof value === 'string',
  parentLevels: (value) => Number.isInteger(value),
  parentCycle: isSwitch,
  proxymuxQuotes: isSwitch,
  proxymuxTokenPrefix: isSwitch,
}

/** Whether there is a setting of this name that can have this value. */
export function isSetting(name: string, value: unknown): boolean {
  return isName(name) && FITS[name](value)
}

function isName(name: string): name is keyof EmulatorSettings {
  return Object.hasOwn(FITS, name)
}
