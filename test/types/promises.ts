// What must compile, and what must not. The type check is the test: each `@ts-expect-error` fails it if nothing is wrong
// in the line below.

import {
  type AlibabaCredentials,
  apiKey,
  type ConfigurationError,
  type CountersignError,
  type CredentialsProvider,
  createSignedFetch,
  type ErrorCode,
  type OciCredentials,
  type ServiceError,
  type Signer,
  signOci,
  signOciHeaders,
  type UsageError,
} from 'countersign'
import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
import { chain } from 'countersign/credentials/chain'
import { instancePrincipal } from 'countersign/credentials/instance-principal'
import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
import { importPrivateKey } from 'countersign/keys/import-private-key'
import { signAcs3, signAcs3Headers } from 'countersign/signers/alibaba-acs3'
import { signDkms } from 'countersign/signers/alibaba-dkms'
import { signOss1 } from 'countersign/signers/alibaba-oss1'
import { presignOss4, signOss4 } from 'countersign/signers/alibaba-oss4'
import { signRpc } from 'countersign/signers/alibaba-rpc'
import { verifyOci } from 'countersign/verify/oci'

declare const oci: OciCredentials
declare const alibaba: AlibabaCredentials
declare const provider: CredentialsProvider<OciCredentials>
declare const alibabaProvider: CredentialsProvider<AlibabaCredentials>
declare const request: Request
declare const key: CryptoKey

export const clouds = {
  oci: (): Promise<Request> => signOci(request, oci),
  alibaba: (): Promise<Request> => signAcs3(request, alibaba),
  // @ts-expect-error: an access key cannot sign for OCI
  alibabaForOci: () => signOci(request, alibaba),
  // @ts-expect-error: the same for plain data
  alibabaForOciHeaders: () => signOciHeaders({ method: 'GET', url: 'https://example.com' }, alibaba),
  // @ts-expect-error: and the other way round
  ociForAlibaba: () => signAcs3(request, oci),
  // @ts-expect-error: nor for OSS, in headers of either version
  ociForOss4: () => signOss4(request, oci),
  // @ts-expect-error: the same of the older version
  ociForOss1: () => signOss1(request, oci),
  // @ts-expect-error: nor in a URL
  ociInUrl: () => presignOss4({ method: 'GET', url: 'https://example.com' }, oci, { expiresInSeconds: 60 }),
  // @ts-expect-error: nor for the older scheme of Open API
  ociForRpc: () => signRpc(request, oci),
  // @ts-expect-error: nor for a KMS instance, which takes client keys
  ociForDkms: () => signDkms({ url: 'https://example.com', apiName: 'GetSecretValue', body: new Uint8Array() }, oci),
  // @ts-expect-error: nor as plain data
  ociForAlibabaHeaders: () => signAcs3Headers({ method: 'GET', url: 'https://example.com' }, oci),
  // @ts-expect-error: a fetch for Alibaba Cloud takes no provider of OCI
  ociProviderForAlibaba: () => createAlibabaFetch({ credentials: provider, sign: signAcs3 }),
  // @ts-expect-error: nor the signer of OCI
  ociSignerForAlibaba: () => createAlibabaFetch({ credentials: alibabaProvider, sign: signOci }),
  managed: (): CredentialsProvider<AlibabaCredentials> => alibabaManaged({ secretName: 'a' }),
  managedFetch: (): typeof fetch =>
    createAlibabaFetch({ credentials: alibabaManaged({ secretName: 'a' }), sign: signOss4 }),
  // @ts-expect-error: a managed access key cannot sign for OCI
  managedForOci: () => createSignedFetch({ credentials: alibabaManaged({ secretName: 'a' }) }),
  // @ts-expect-error: a provider without its signer signs for OCI
  providerAlone: () => createSignedFetch({ credentials: alibabaProvider }),
  // @ts-expect-error: a provider with the signer of another cloud
  mixed: () => createSignedFetch({ credentials: provider, sign: signAcs3 }),
  withSigner: (): typeof fetch => createSignedFetch({ credentials: alibabaProvider, sign: signAcs3 }),
}

export const shapes = {
  signer: signOci satisfies Signer<OciCredentials>,
  principal: (): CredentialsProvider<OciCredentials> => instancePrincipal(),
  fetch: (): typeof fetch => createSignedFetch({ credentials: provider }),
  ownProvider: (): typeof fetch => createSignedFetch({ credentials: async () => oci }),
  ownKey: { keyId: 'a/b/c', key: async (data) => data } satisfies OciCredentials,
  // @ts-expect-error: a key as text is not a key yet
  keyAsText: { keyId: 'a/b/c', key: '-----BEGIN PRIVATE KEY-----' } satisfies OciCredentials,
  // @ts-expect-error: an API key has a user
  keyWithoutUser: () => apiKey({ tenancy: 'ocid1.tenancy.oc1..a', privateKey: '' }),
  everyKey: (): unknown[] => ['', new Uint8Array(), key, { kty: 'RSA' }].map((source) => importPrivateKey(source)),
  links: (): CredentialsProvider<OciCredentials> => chain([{ name: 'instance', provider: instancePrincipal() }]),
  // @ts-expect-error: a verifier must be told which hosts it is
  verifierWithoutHosts: () => verifyOci(request, {}),
}

export const immutable = (): void => {
  // @ts-expect-error: token and key are replaced together, by new credentials
  oci.token = 'another'
  // @ts-expect-error: the same of the key
  oci.key = key
}

export const errors = (error: UsageError | ConfigurationError | ServiceError): string => {
  const code: ErrorCode = error.code
  const base: CountersignError = error
  switch (error.code) {
    case 'URL_INVALID':
      return error.name satisfies 'UsageError'
    case 'NOT_CONFIGURED':
      return error.name satisfies 'ConfigurationError'
    case 'TIMEOUT':
      return `${error.name satisfies 'ServiceError'} ${error.retryable satisfies boolean}`
    // @ts-expect-error: no such code
    case 'NO_SUCH_CODE':
      return code
    default:
      return base.message
  }
}
