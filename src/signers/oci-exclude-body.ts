/**
 * The operations whose signature leaves the body out, by service, as the specifications of the services flag them. They
 * upload what may be too large to read twice. For Object Storage the signer knows them by their path; for the others pass
 * `body: bodyRule(service, operation)`.
 *
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm#Additional
 * @see https://github.com/oracle/oci-python-sdk, calls with `enforce_content_headers=False`
 */
export const EXCLUDE_BODY_OPERATIONS = {
  'apm-config': ['PutDataFile'],
  'data-science': [
    'CreateJobArtifact',
    'CreateModelArtifact',
    'CreateModelCustomMetadatumArtifact',
    'CreateModelDefinedMetadatumArtifact',
    'CreateModelGroupArtifact',
    'CreateStepArtifact',
    'GetStepArtifactContent',
    'UpdateModelCustomMetadatumArtifact',
    'UpdateModelDefinedMetadatumArtifact',
  ],
  'generic-artifacts-content': ['PutGenericArtifactContentByPath'],
  'log-analytics': ['UploadDiscoveryData', 'UploadLogEventsFile', 'UploadLogFile', 'UploadOtlpLogs'],
  'object-storage': ['PutObject', 'UploadPart'],
  'ops-insights': ['PutAwrHubObject'],
  streaming: ['PutMessages'],
} as const

/** A service with such operations. */
export type ExcludeBodyService = keyof typeof EXCLUDE_BODY_OPERATIONS

/**
 * Whether the signature of an operation covers the body: a value for the option `body` of the signer.
 *
 * @example
 * ```ts
 * import { type OciCredentials, signOci } from 'countersign'
 * import { bodyRule } from 'countersign/signers/oci-exclude-body'
 *
 * declare const request: Request
 * declare const credentials: OciCredentials
 * const signed = await signOci(request, credentials, { body: bodyRule('log-analytics', 'UploadLogFile') })
 * ```
 */
export function bodyRule(service: ExcludeBodyService, operation: string): 'sign' | 'exclude' {
  const operations: readonly string[] = EXCLUDE_BODY_OPERATIONS[service]
  return operations.includes(operation) ? 'exclude' : 'sign'
}
