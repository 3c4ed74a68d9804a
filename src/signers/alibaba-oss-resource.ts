import { percentDecode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'

/** How an OSS URL is to be read. Default: from the host, which names bucket and region at `aliyuncs.com`. */
export interface OssAddress {
  /** Needed for your own domain (CNAME), and for a cloud box. */
  readonly bucket?: string
  /** Where the bucket stands in the URL. Default: `virtual-host` when the host says so, else `path`. */
  readonly style?: 'virtual-host' | 'path' | 'cname'
}

/** What a request is about: nothing (the service), a bucket, or an object in it. */
export interface OssResource {
  readonly bucket?: string
  /** The decoded object name, without the slash before it. */
  readonly key: string
}

const BUCKET = '(?:(?<bucket>[a-z0-9][a-z0-9-]{1,61}[a-z0-9])\\.)?'
/** `oss-<region>` or `oss-accelerate`, with the bucket before it; also inside of the VPC, and for clients of S3. */
const CLASSIC = new RegExp(`^${BUCKET}(?:s3\\.)?oss(?:-(?<place>[a-z0-9-]+))?\\.(?:[a-z0-9.-]+\\.)?aliyuncs\\.com$`)
/** `<region>.oss`, for both versions of IP. */
const DUAL_STACK = new RegExp(`^${BUCKET}(?<place>(?:ap|cn|eu|me|na|rg|us)-[a-z0-9-]+)\\.oss\\.aliyuncs\\.com$`)

/** A host that is known to be one of OSS, and what it tells. */
interface OssHost {
  readonly bucket?: string | undefined
  /** Accelerated endpoints do not tell it. */
  readonly region?: string | undefined
}

/** What the name of a host tells, or `undefined` when it is none of OSS's own. */
export function ossHost(hostname: string): OssHost | undefined {
  const { bucket, place } = (DUAL_STACK.exec(hostname) ?? CLASSIC.exec(hostname))?.groups ?? {}
  if (bucket === undefined && place === undefined && hostname !== 'oss.aliyuncs.com') return undefined
  const region = place?.replace(/-internal$/, '')
  return { bucket, region: region?.includes('-') && !region.startsWith('accelerate') ? region : undefined }
}

/**
 * Tells which bucket and object a URL means.
 *
 * @throws UsageError `OPTION_INVALID` when a CNAME comes without its bucket.
 */
export function ossResource(url: URL, address: OssAddress = {}): OssResource {
  const path = percentDecode(url.pathname).slice(1)
  const style = address.style ?? styleOf(url, address)
  if (style === 'path') return pathResource(path, address.bucket)
  const bucket = address.bucket ?? url.hostname.split('.')[0]
  if (style === 'cname' && address.bucket === undefined) {
    throw new UsageError('OPTION_INVALID', `Expected the option "bucket" with your own domain ${url.hostname}.`)
  }
  return bucket ? { bucket, key: path } : { key: path }
}

/**
 * The region to sign for: the one given, without a leading `oss-`, or the one in the host.
 *
 * @throws UsageError `OPTION_INVALID` when neither tells.
 */
export function ossRegion(url: URL, region?: string): string {
  const known = region ?? ossHost(url.hostname)?.region
  if (known) return known.replace(/^oss-/, '')
  throw new UsageError(
    'OPTION_INVALID',
    `Expected the option "region", such as "cn-hangzhou": ${url.hostname} does not tell it.`,
  )
}

function styleOf(url: URL, { bucket }: OssAddress): 'virtual-host' | 'path' | 'cname' {
  if (ossHost(url.hostname)?.bucket) return 'virtual-host'
  if (bucket === undefined) return 'path'
  if (url.hostname.startsWith(`${bucket}.`)) return 'virtual-host'
  return url.pathname === `/${bucket}` || url.pathname.startsWith(`/${bucket}/`) ? 'path' : 'cname'
}

function pathResource(path: string, expected?: string): OssResource {
  const [bucket = '', ...key] = path.split('/')
  if (bucket === '') return expected === undefined ? { key: '' } : { bucket: expected, key: '' }
  return { bucket, key: key.join('/') }
}
