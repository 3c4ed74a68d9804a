export { type ApiKeyOptions, apiKey } from './credentials/api-key.js'
export {
  type ConfigurationCode,
  ConfigurationError,
  CountersignError,
  type ErrorCode,
  type ServiceCode,
  ServiceError,
  type ServiceFailure,
  type UsageCode,
  UsageError,
  type VerificationCode,
  VerificationError,
} from './errors.js'
export { createSignedFetch, type SignedAttempt, type SignedFetchOptions } from './http/signed-fetch.js'
export {
  type ImportPrivateKeyOptions,
  importPrivateKey,
  type PrivateKey,
  type PrivateKeySource,
} from './keys/import-private-key.js'
export { type OciRequest, type OciSignOptions, type SignedOciRequest, signOci, signOciHeaders } from './signers/oci.js'
export { signingString } from './signers/oci-signing-string.js'
export type {
  AlibabaCredentials,
  Claims,
  Clock,
  CredentialsProvider,
  Expiring,
  OciCredentials,
  ProvideOptions,
  Signer,
  SignFunction,
} from './types.js'
