/** What is known of a cause before any evidence: how to say it, what to do, and where to read on. */
export interface CauseFacts {
  readonly title: string
  readonly fix: string
  readonly link: string
}

/** The stable name of a cause. */
export type CauseCode =
  | 'CONFIG_BROKEN'
  | 'KEY_IS_PATH'
  | 'KEY_IS_PUBLIC'
  | 'KEY_IS_CERTIFICATE'
  | 'KEY_NOT_RSA'
  | 'KEY_UNREADABLE'
  | 'PASSPHRASE_MISSING'
  | 'PASSPHRASE_WRONG'
  | 'KEY_TOO_SMALL'
  | 'FINGERPRINT_MISMATCH'
  | 'FINGERPRINT_MALFORMED'
  | 'IDENTIFIER_WHITESPACE'
  | 'IDENTIFIER_KIND'
  | 'IDENTIFIER_MALFORMED'
  | 'IDENTIFIER_REALMS_DIFFER'
  | 'REALM_MISMATCH'
  | 'REGION_CODE_IN_HOST'
  | 'REGION_MISMATCH'
  | 'AUTHORIZATION_MISSING'
  | 'AUTHORIZATION_NOT_SIGNATURE'
  | 'AUTHORIZATION_MALFORMED'
  | 'ALGORITHM_WRONG'
  | 'KEY_ID_MALFORMED'
  | 'REDIRECTED'
  | 'NOT_OCI_ANSWER'
  | 'ENDPOINT_UNREACHABLE'
  | 'DATE_MISSING'
  | 'DATE_DROPPED'
  | 'SIGNED_HEADER_MISSING'
  | 'HEADER_NOT_SIGNED'
  | 'DELEGATION_TOKEN_UNSIGNED'
  | 'DELEGATION_TOKEN_MISSING'
  | 'DATE_MALFORMED'
  | 'CLOCK_SKEW'
  | 'REQUEST_TOO_OLD'
  | 'BODY_WITH_GET'
  | 'BODY_CHANGED'
  | 'CONTENT_LENGTH_WRONG'
  | 'BODY_CHUNKED'
  | 'TOKEN_WHITESPACE'
  | 'TOKEN_PREFIX_DOUBLED'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_KEY_MISMATCH'
  | 'TOKEN_FOREIGN'
  | 'HOST_REWRITTEN'
  | 'PATH_REENCODED'
  | 'QUERY_REENCODED'
  | 'METHOD_CHANGED'
  | 'CONTENT_TYPE_CHANGED'
  | 'SIGNING_STRING_NEWLINE'
  | 'SIGNED_WITH_OTHER_KEY'
  | 'GATEWAY_REWRITES'
  | 'TOO_MANY_REQUESTS'
  | 'NOT_AUTHORIZED'
  | 'KEY_NOT_REGISTERED'

const signing = 'https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm'
const apiKeys = 'https://docs.oracle.com/en-us/iaas/Content/API/Concepts/apisigningkey.htm'
const ocids = 'https://docs.oracle.com/en-us/iaas/Content/General/Concepts/identifiers.htm'
const regions = 'https://docs.oracle.com/en-us/iaas/Content/General/Concepts/regions.htm'
const apiErrors = 'https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm'
const sessions = 'https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clitoken.htm'
const policies = 'https://docs.oracle.com/en-us/iaas/Content/Identity/policieshow/Policy_Basics.htm'
const forbidden = 'https://fetch.spec.whatwg.org/#forbidden-request-header'
const configFile = 'https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm'
const gateways =
  'https://docs.oracle.com/en-us/iaas/Content/APIGateway/Tasks/apigatewaytroubleshooting_topic-service_api_calls_fail_after_proxied.htm'

/**
 * Every cause that `explain` can name. The order is the tie-break between causes of equal certainty: a cause stands
 * before those that it brings about.
 */
export const causes: Readonly<Record<CauseCode, CauseFacts>> = {
  CONFIG_BROKEN: {
    title: 'The configuration file cannot be read',
    fix: 'Repair the line that is named, or name another file or profile.',
    link: configFile,
  },
  KEY_IS_PATH: {
    title: 'The private key is the path of a file, not its content',
    fix: 'Read the file and pass what is in it, or use the setting that takes a path (key_file).',
    link: apiKeys,
  },
  KEY_IS_PUBLIC: {
    title: 'A public key was given where the private key belongs',
    fix: 'Use the private half: its PEM label is "PRIVATE KEY". The public half is only uploaded to OCI.',
    link: apiKeys,
  },
  KEY_IS_CERTIFICATE: {
    title: 'A certificate was given where the private key belongs',
    fix: 'Use the private key that was made with the certificate.',
    link: apiKeys,
  },
  KEY_NOT_RSA: {
    title: 'The key is not an RSA key',
    fix: 'Make an RSA key of 2048 bits or more and upload its public half: OCI accepts no other kind.',
    link: apiKeys,
  },
  KEY_UNREADABLE: {
    title: 'The private key cannot be read',
    fix: 'Give the PEM text from BEGIN to END, with its line breaks; download or export the key again if it is damaged.',
    link: apiKeys,
  },
  PASSPHRASE_MISSING: {
    title: 'The key is encrypted and no passphrase was given',
    fix: 'Pass the passphrase (pass_phrase), or decrypt the key once with: openssl pkcs8 -topk8 -nocrypt.',
    link: apiKeys,
  },
  PASSPHRASE_WRONG: {
    title: 'The passphrase does not open the key',
    fix: 'Check the passphrase for stray spaces and for the right key file.',
    link: apiKeys,
  },
  KEY_TOO_SMALL: {
    title: 'The key is shorter than the 2048 bits that OCI asks for',
    fix: 'Make a key of 2048 bits or more and upload its public half.',
    link: apiKeys,
  },
  FINGERPRINT_MISMATCH: {
    title: 'The configured fingerprint is not the fingerprint of this key',
    fix: 'Set the fingerprint to the computed one if that key is uploaded; otherwise use the key file that belongs to the configured fingerprint.',
    link: apiKeys,
  },
  FINGERPRINT_MALFORMED: {
    title: 'The fingerprint is not 16 pairs of hexadecimal digits with colons',
    fix: 'Copy it from the API keys of the user, or leave it out and let it be computed from the key.',
    link: apiKeys,
  },
  IDENTIFIER_WHITESPACE: {
    title: 'An identifier carries white space or a line break',
    fix: 'Remove it; a value read from a file often ends with a line break.',
    link: ocids,
  },
  IDENTIFIER_KIND: {
    title: 'An OCID of one kind stands where another kind belongs',
    fix: 'A key id is tenancy OCID, user OCID, fingerprint, in this order.',
    link: ocids,
  },
  IDENTIFIER_MALFORMED: {
    title: 'An identifier is not an OCID',
    fix: 'Copy the whole OCID, from "ocid1." to its last letter.',
    link: ocids,
  },
  IDENTIFIER_REALMS_DIFFER: {
    title: 'The tenancy and the user belong to different realms',
    fix: 'Take both OCIDs from the same tenancy.',
    link: ocids,
  },
  REALM_MISMATCH: {
    title: 'The request goes to a host of another realm than the credentials belong to',
    fix: 'Use an endpoint of the tenancy’s own realm: a key is known in one realm only.',
    link: regions,
  },
  REGION_CODE_IN_HOST: {
    title: 'The host names the region by its short code',
    fix: 'Use the region identifier in the host name.',
    link: regions,
  },
  REGION_MISMATCH: {
    title: 'The configured region and the region of the host differ',
    fix: 'Send the request to the configured region, or configure the region that is meant.',
    link: regions,
  },
  AUTHORIZATION_MISSING: {
    title: 'The request arrived without an Authorization header',
    fix: 'Sign the request last, and look for a redirect, proxy or CORS rule that drops the header.',
    link: signing,
  },
  AUTHORIZATION_NOT_SIGNATURE: {
    title: 'The Authorization header is not an OCI signature',
    fix: 'Remove other authentication (Bearer, Basic) from the request before it is signed.',
    link: signing,
  },
  AUTHORIZATION_MALFORMED: {
    title: 'The Authorization header cannot be parsed',
    fix: 'Write name="value" pairs with commas between them, each name once, on one line.',
    link: signing,
  },
  ALGORITHM_WRONG: {
    title: 'The signature algorithm or version is not the one OCI accepts',
    fix: 'Use algorithm="rsa-sha256" and version="1".',
    link: signing,
  },
  KEY_ID_MALFORMED: {
    title: 'The key id has a form that OCI does not know',
    fix: 'Use tenancy/user/fingerprint for an API key, ST$ and the token for a security token.',
    link: signing,
  },
  REDIRECTED: {
    title: 'The request was redirected; a signature is good for one address only',
    fix: 'Call the final address directly; do not let the client follow redirects.',
    link: signing,
  },
  NOT_OCI_ANSWER: {
    title: 'The answer does not come from OCI but from something in between',
    fix: 'Look for a proxy, a captive portal or a load balancer on the way to the endpoint.',
    link: apiErrors,
  },
  ENDPOINT_UNREACHABLE: {
    title: 'Nobody answers at the endpoint',
    fix: 'Check the host name for the region and the service, and the network, proxy and firewall on the way.',
    link: regions,
  },
  DATE_MISSING: {
    title: 'The request carries neither date nor x-date',
    fix: 'Send and sign x-date.',
    link: signing,
  },
  DATE_DROPPED: {
    title: 'The signature covers date, which a browser removes from the request',
    fix: 'Sign x-date in place of date; browsers never send a date header.',
    link: forbidden,
  },
  SIGNED_HEADER_MISSING: {
    title: 'The signature covers a header that was not sent',
    fix: 'Send every signed header exactly as it was signed, or leave it out of the signature.',
    link: signing,
  },
  HEADER_NOT_SIGNED: {
    title: 'A header that must be signed is not covered by the signature',
    fix: 'Sign (request-target), host and x-date or date; with a body also content-length, content-type and x-content-sha256.',
    link: signing,
  },
  DELEGATION_TOKEN_UNSIGNED: {
    title: 'The delegation token is sent but not covered by the signature',
    fix: 'Add opc-obo-token to the signed headers.',
    link: signing,
  },
  DELEGATION_TOKEN_MISSING: {
    title: 'The credentials act on behalf of a user, but the request carries no delegation token',
    fix: 'Send opc-obo-token with the delegation token, and sign it.',
    link: signing,
  },
  DATE_MALFORMED: {
    title: 'The date is not in the form that OCI reads',
    fix: 'Write it like "Thu, 05 Jan 2014 21:31:40 GMT", always in GMT.',
    link: signing,
  },
  CLOCK_SKEW: {
    title: 'The clock of the sender is more than five minutes off',
    fix: 'Set the clock (NTP), or let the signed fetch learn the difference from the answer’s Date header.',
    link: signing,
  },
  REQUEST_TOO_OLD: {
    title: 'The request was sent more than five minutes after it was signed',
    fix: 'Sign each attempt afresh, right before it is sent.',
    link: signing,
  },
  BODY_WITH_GET: {
    title: 'A GET or HEAD request carries a body',
    fix: 'Send the data as query parameters, or use POST.',
    link: signing,
  },
  BODY_CHANGED: {
    title: 'The body is not the one that was signed',
    fix: 'Serialise the body once, sign these bytes and send these bytes.',
    link: signing,
  },
  CONTENT_LENGTH_WRONG: {
    title: 'The content length is not the number of bytes in the body',
    fix: 'Count the bytes of the UTF-8 text, not its characters.',
    link: signing,
  },
  BODY_CHUNKED: {
    title: 'The body was sent in chunks, without a content length',
    fix: 'Send bytes or a Blob, or declare the length of the stream.',
    link: signing,
  },
  TOKEN_WHITESPACE: {
    title: 'The security token carries white space',
    fix: 'Trim the token after reading its file.',
    link: sessions,
  },
  TOKEN_PREFIX_DOUBLED: {
    title: 'The key id starts with ST$ twice',
    fix: 'Add ST$ once: some services hand the token out with it.',
    link: sessions,
  },
  TOKEN_MALFORMED: {
    title: 'The security token is not a JWT',
    fix: 'Use the token as it was issued: three parts with dots between them.',
    link: sessions,
  },
  TOKEN_EXPIRED: {
    title: 'The security token has expired',
    fix: 'Refresh the session, or log in again: oci session authenticate.',
    link: sessions,
  },
  TOKEN_NOT_YET_VALID: {
    title: 'The security token is from the future',
    fix: 'Set the clock of this machine (NTP).',
    link: sessions,
  },
  TOKEN_KEY_MISMATCH: {
    title: 'The security token is bound to another key',
    fix: 'Keep token and key together: use the key that was made for this token, or get a new pair.',
    link: sessions,
  },
  TOKEN_FOREIGN: {
    title: 'The security token belongs to another tenancy than the configured one',
    fix: 'Use the token of the configured tenancy, or configure the tenancy of the token.',
    link: sessions,
  },
  HOST_REWRITTEN: {
    title: 'The signature is over another host than the request was sent with',
    fix: 'Sign the host exactly as it is sent, without a default port; let proxies pass it through unchanged.',
    link: gateways,
  },
  PATH_REENCODED: {
    title: 'The signature is over another spelling of the path',
    fix: 'Percent-encode the path once, before signing, and send it unchanged.',
    link: signing,
  },
  QUERY_REENCODED: {
    title: 'The signature is over another spelling or order of the query',
    fix: 'Percent-encode the query once, before signing, and do not sort or rewrite it afterwards.',
    link: signing,
  },
  METHOD_CHANGED: {
    title: 'The signature is over another method',
    fix: 'Sign the method that is sent.',
    link: signing,
  },
  CONTENT_TYPE_CHANGED: {
    title: 'The signature is over another content type',
    fix: 'Set content-type before signing; clients add a charset of their own when it is unset.',
    link: signing,
  },
  SIGNING_STRING_NEWLINE: {
    title: 'The signing string was signed with a line break at its end',
    fix: 'Join the lines with line breaks between them only.',
    link: signing,
  },
  SIGNED_WITH_OTHER_KEY: {
    title: 'The signature was not made with this key over this request',
    fix: 'Check which key file signs; then compare the signing string with the request as it was sent.',
    link: signing,
  },
  GATEWAY_REWRITES: {
    title: 'A proxy or gateway stands in between and may rewrite what is signed',
    fix: 'Call the endpoint directly once; a gateway must pass host, path, query and signed headers unchanged.',
    link: gateways,
  },
  TOO_MANY_REQUESTS: {
    title: 'The service limits the rate of requests; the signature is not the problem',
    fix: 'Wait as long as Retry-After says and send fewer requests.',
    link: apiErrors,
  },
  NOT_AUTHORIZED: {
    title: 'The signature is fine; this principal may not do this, or the thing does not exist',
    fix: 'Check the OCID and the compartment, then the policy or the dynamic group rule for this principal.',
    link: policies,
  },
  KEY_NOT_REGISTERED: {
    title: 'Everything that can be checked here is right; OCI does not know the key for this user',
    fix: 'Upload the public key to this user (a new key takes a minute or two), and check that the user is active.',
    link: apiKeys,
  },
}
