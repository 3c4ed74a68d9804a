/**
 * The query parameters that signature V1 covers. Everything else in the query is left out of the signature.
 *
 * @see https://github.com/aliyun/aliyun-oss-python-sdk/blob/master/oss2/auth.py
 */
const SUBRESOURCES: ReadonlySet<string> = new Set(
  `acl append asyncFetch bucketInfo callback callback-var cloudboxes cname comp continuation-token cors delete
  encryption endTime group httpsConfig inventory inventoryId lifecycle link live location logging metaQuery objectInfo
  objectMeta partNumber policy position qos qosInfo qosRequester referer regionList replication replicationLocation
  replicationProgress requestPayment requesterQosInfo resourceGroup response-cache-control
  response-content-disposition response-content-encoding response-content-language response-content-type
  response-expires restore security-token sequential startTime stat status style styleName symlink tagging
  transferAcceleration uploadId uploads versionId versioning versions vod website worm wormExtend wormId`.split(/\s+/),
)

const FAMILIES = ['x-oss-', 'accessPoint', 'resourcePool'] as const

/** Whether signature V1 covers a query parameter of this name. */
export const isSubresource = (name: string): boolean =>
  SUBRESOURCES.has(name) || FAMILIES.some((prefix) => name.startsWith(prefix))
