export {
  CertificateAuthority,
  type CertificateShape,
  certificateAuthority,
  type IssuedCertificate,
} from './certificate-authority.js'
export type { CounterSnapshot } from './counters.js'
export { createEmulator, type Emulator, type EmulatorOptions } from './emulator.js'
export {
  type EmulatedPrincipal,
  emulatedPrincipals,
  emulatorEnvironment,
  emulatorProxyEnvironment,
  type ServedAt,
} from './environment.js'
export type { FaultEffect } from './fault-effects.js'
export type { Fault, FaultTarget } from './faults.js'
export { type FixtureFile, type FixtureFiles, type FixturePaths, fixtureFiles, fixturePaths } from './fixture-files.js'
export type { FixtureKey, InjectedKeys } from './fixture-keys.js'
export type { Identities, IdentityOptions } from './identities.js'
export type { ApiKeyUpload, RegisteredKey } from './key-registry.js'
export type { Principal } from './principal.js'
export type { ReceivedRequest, WireDetails } from './received.js'
export type { LogEntry } from './request-log.js'
export { type FileStep, type ResourceFileRotation, rotateResourceFiles } from './resource-file-rotation.js'
export { issueServiceAccountToken, type ServiceAccountTokenOptions } from './service-account.js'
export {
  issueDelegationToken,
  issueResourceToken,
  issueSessionToken,
  type ResourceTokenOptions,
} from './session-fixtures.js'
export type { EmulatorSettings } from './settings.js'
export type { EmulatorState } from './state.js'
export { type Slot, type Surface, type SurfaceFailure, slot } from './surface.js'
export type { Timers } from './timers.js'
export type { TokenFlaw } from './tokens.js'
