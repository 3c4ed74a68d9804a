import { inspect } from 'node:util'
import { AwsClient } from 'aws4fetch'
import { describe, expect, test } from 'vitest'
import { awsEks } from '../../../src/federation/subject-tokens/aws-eks.js'
import { awsWebIdentity } from '../../../src/federation/subject-tokens/aws-web-identity.js'
import { azureManagedIdentity } from '../../../src/federation/subject-tokens/azure-managed-identity.js'
import { azureWorkloadIdentity } from '../../../src/federation/subject-tokens/azure-workload-identity.js'
import { bitbucket } from '../../../src/federation/subject-tokens/bitbucket.js'
import { clientCredentials } from '../../../src/federation/subject-tokens/client-credentials.js'
import { command } from '../../../src/federation/subject-tokens/command.js'
import { environmentVariable } from '../../../src/federation/subject-tokens/environment-variable.js'
import { tokenFile } from '../../../src/federation/subject-tokens/file.js'
import { gcp } from '../../../src/federation/subject-tokens/gcp.js'
import { gitHubActions } from '../../../src/federation/subject-tokens/github-actions.js'
import { gitLab } from '../../../src/federation/subject-tokens/gitlab.js'
import { kubernetes } from '../../../src/federation/subject-tokens/kubernetes.js'
import type { SubjectTokenSource } from '../../../src/federation/subject-tokens/source.js'
import { runtime as nodeRuntime } from '../../../src/runtime/node.js'
import type { Runtime } from '../../../src/runtime/types.js'

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'

/** A runtime with these variables and files, and nothing else. */
function machine(variables: Record<string, string> = {}, files: Record<string, string> = {}): Runtime {
  const readText = async (path: string) => files[path]
  return {
    ...nodeRuntime,
    env: (name) => variables[name],
    files: { ...nodeRuntime.files, readText } as Runtime['files'] & object,
  }
}

/** A service that answers in one way, and what it was sent. */
function service(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = []
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    requests.push(request.clone())
    return answer(request)
  }
  return { fetch, requests }
}

describe('GitHub Actions', () => {
  const job = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.actions.example/idtoken?api-version=2.0&x=a%2Bb',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
  }

  test('adds the audience to the query that the URL already has, and sends the bearer token', async () => {
    const { fetch, requests } = service(() => Response.json({ count: 1, value: TOKEN }))
    await expect(gitHubActions({ audience: 'https://o.example/?a=b&c', fetch, runtime: machine(job) })()).resolves.toBe(
      TOKEN,
    )
    const url = new URL(requests[0]?.url ?? '')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'api-version': '2.0',
      x: 'a+b',
      audience: 'https://o.example/?a=b&c',
    })
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer request-token')
  })

  test('keeps a bearer token that no header can carry out of the error', async () => {
    const variables = { ...job, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token\nof two lines' }
    const error: unknown = await gitHubActions({ runtime: machine(variables) })().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'HEADER_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain('request-token')
  })

  test('outside a job with id-token: write is not configured', async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: _, ...partly } = job
    for (const variables of [{}, partly]) {
      await expect(gitHubActions({ runtime: machine(variables) })()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    }
  })

  test.each([
    ['without a value', () => Response.json({ count: 0 }), 'SERVICE_RESPONSE_INVALID'],
    ['with an empty value', () => Response.json({ value: '' }), 'TOKEN_INVALID'],
    ['of HTML', () => new Response('<html>'), 'SERVICE_RESPONSE_INVALID'],
    ['that refuses', () => Response.json({ message: 'no' }, { status: 403 }), 'SERVICE_ERROR'],
  ])('tells of an answer %s', async (_, answer, code) => {
    const { fetch } = service(answer)
    const failing = gitHubActions({ fetch, runtime: machine(job) })()
    await expect(failing).rejects.toMatchObject({ code, message: expect.not.stringContaining('request-token') })
  })
})

describe('metadata services', () => {
  test('of Azure is asked with its header, version, resource and client id', async () => {
    const { fetch, requests } = service(() => Response.json({ access_token: TOKEN, expires_in: '3599' }))
    await expect(azureManagedIdentity({ resource: 'api://oci', clientId: 'abc', fetch })()).resolves.toBe(TOKEN)
    expect(requests[0]?.url).toBe(
      'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Foci&client_id=abc',
    )
    expect(requests[0]?.headers.get('metadata')).toBe('true')
  })

  test('of Google Cloud is asked with its header and answers with the bare token', async () => {
    const { fetch, requests } = service(() => new Response(`${TOKEN}\n`))
    await expect(gcp({ audience: 'oci', fetch })()).resolves.toBe(TOKEN)
    expect(requests[0]?.url).toBe(
      'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=oci&format=full',
    )
    expect(requests[0]?.headers.get('metadata-flavor')).toBe('Google')
  })

  test('that answers with an error page gives no token', async () => {
    const { fetch } = service(() => new Response('{"error":"none"}'))
    await expect(gcp({ audience: 'oci', fetch })()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })
})

describe('AWS', () => {
  const answer = `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>
    <WebIdentityToken>${TOKEN}</WebIdentityToken><Expiration>2026-11-21T12:00:00Z</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`

  test('is asked in a request that the caller signs', async () => {
    const { fetch, requests } = service(() => new Response(answer, { headers: { 'content-type': 'text/xml' } }))
    const aws = new AwsClient({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'example',
      service: 'sts',
      region: 'eu-central-1',
    })
    const signed = async (input: RequestInfo | URL, init?: RequestInit) =>
      fetch(await aws.sign(new Request(input, init)))
    await expect(awsWebIdentity({ audience: 'oci', region: 'eu-central-1', fetch: signed })()).resolves.toBe(TOKEN)
    const [request] = requests
    expect(request?.url).toBe('https://sts.eu-central-1.amazonaws.com/')
    expect(request?.headers.get('authorization')).toContain('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/')
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      Action: 'GetWebIdentityToken',
      Version: '2011-06-15',
      'Audience.member.1': 'oci',
      SigningAlgorithm: 'RS256',
    })
  })

  test('has its own domain in China', async () => {
    const { fetch, requests } = service(() => new Response(answer))
    await awsWebIdentity({ audience: 'oci', region: 'cn-north-1', fetch })()
    expect(requests[0]?.url).toBe('https://sts.cn-north-1.amazonaws.com.cn/')
  })

  test('is asked in no host that a region could name', async () => {
    const { fetch, requests } = service(() => new Response(answer))
    const source = awsWebIdentity({ audience: 'oci', region: 'eu-central-1.evil.example/', fetch })
    await expect(source()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(requests).toEqual([])
  })

  test('that answers without a token is heard', async () => {
    const { fetch } = service(() => new Response('<GetWebIdentityTokenResponse/>'))
    const source = awsWebIdentity({ audience: 'oci', region: 'eu-central-1', fetch })
    await expect(source()).rejects.toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
  })
})

describe('client credentials', () => {
  test('are form-encoded before they become a header, as the RFC has it', async () => {
    const { fetch, requests } = service(() => Response.json({ access_token: TOKEN }))
    const options = {
      tokenUrl: 'https://idp.example/token',
      clientId: 'a:b',
      clientSecret: 'c d',
      scope: 's',
      audience: 'oci',
    }
    await expect(clientCredentials({ ...options, fetch })()).resolves.toBe(TOKEN)
    expect(requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('a%3Ab:c+d')}`)
    expect(await requests[0]?.text()).toBe('grant_type=client_credentials&scope=s&audience=oci')
  })

  test.each(['idp.example/token', 'https://ci:hunter2@idp.example/token', '/token'])(
    'need a token endpoint that is a URL without a user: %s',
    async (tokenUrl) => {
      const { fetch, requests } = service(() => new Response())
      const options = { tokenUrl, clientId: 'a', clientSecret: 'b', fetch }
      const error: unknown = await clientCredentials(options)().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'URL_INVALID' })
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
      expect(requests).toEqual([])
    },
  )

  test('do not travel in the clear', async () => {
    const options = {
      tokenUrl: 'http://idp.example/token',
      clientId: 'a',
      clientSecret: 'b',
      fetch: service(() => new Response()).fetch,
    }
    await expect(clientCredentials(options)()).rejects.toMatchObject({ code: 'URL_INVALID' })
  })
})

describe('files and variables', () => {
  const sources: readonly (readonly [string, (runtime: Runtime) => SubjectTokenSource, string, string])[] = [
    ['GitLab', (runtime) => gitLab({ runtime }), 'OCI_ID_TOKEN', ''],
    ['GitLab, under another name', (runtime) => gitLab({ name: 'MY_TOKEN', runtime }), 'MY_TOKEN', ''],
    ['Bitbucket', (runtime) => bitbucket({ runtime }), 'BITBUCKET_STEP_OIDC_TOKEN', ''],
    ['a variable', (runtime) => environmentVariable('X', { runtime }), 'X', ''],
    ['AKS', (runtime) => azureWorkloadIdentity({ runtime }), 'AZURE_FEDERATED_TOKEN_FILE', '/azure'],
    ['EKS', (runtime) => awsEks({ runtime }), 'AWS_WEB_IDENTITY_TOKEN_FILE', '/aws'],
    ['Kubernetes', (runtime) => kubernetes({ runtime }), '', '/var/run/secrets/kubernetes.io/serviceaccount/token'],
    ['a file', (runtime) => tokenFile('/token', { runtime }), '', '/token'],
  ]

  test.each(sources)('%s gives the token without its newline', async (_, source, variable, path) => {
    const runtime = machine({ [variable]: path || `${TOKEN}\n` }, { [path]: `${TOKEN}\n` })
    await expect(source(runtime)()).resolves.toBe(TOKEN)
  })

  test.each(sources)('%s is not configured where there is nothing', async (_, source) => {
    await expect(source(machine())()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })

  test.each(sources)('%s refuses an empty value', async (_, source, variable, path) => {
    await expect(source(machine({ [variable]: path || ' ' }, { [path]: ' \n' }))()).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    })
  })

  test('a file is read anew for each exchange', async () => {
    const files = { '/token': TOKEN }
    const source = tokenFile('/token', { runtime: machine({}, files) })
    await source()
    files['/token'] = 'eyJ.eyJ.bmV3'
    await expect(source()).resolves.toBe('eyJ.eyJ.bmV3')
  })

  test('a variable that holds a path in place of a token is told so, without its value', async () => {
    const source = environmentVariable('X', { runtime: machine({ X: '/home/octo/token' }) })
    await expect(source()).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
      message: expect.stringContaining('file path'),
    })
  })

  test('a file that cannot be read is told so, with what to look at', async () => {
    const unreadable = { ...nodeRuntime.files, readText: () => Promise.reject(new Error('EISDIR')) } as Runtime['files']
    const source = tokenFile('/run/token', {
      runtime: { ...machine(), files: unreadable as Runtime['files'] & object },
    })
    await expect(source()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('/run/token: check its kind and its permissions'),
    })
  })

  test('a file in the home directory is found', async () => {
    const runtime = { ...machine({}, { '/home/octo/token': TOKEN }), homeDirectory: () => '/home/octo' }
    await expect(tokenFile('~/token', { runtime })()).resolves.toBe(TOKEN)
  })

  test('a token in the place of a path stays out of the message', async () => {
    const error: unknown = await tokenFile(TOKEN, { runtime: machine() })().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain(TOKEN)
  })

  test('a file where there are no files is told so', async () => {
    const { files: _, ...worker } = machine()
    await expect(tokenFile('/token', { runtime: worker })()).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })
})

describe('a command', () => {
  test('is run without a shell, and prints the token', async () => {
    const program = [process.execPath, '-e', 'console.log(process.argv[1])', TOKEN]
    await expect(command(program)()).resolves.toBe(TOKEN)
  })

  test('that fails keeps its output to itself', async () => {
    const source = command([process.execPath, '-e', 'console.error("hunter2"); process.exit(1)'])
    const error: unknown = await source().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', message: expect.stringContaining('exit code 1') })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('that is not there is told so', async () => {
    await expect(command(['no-such-program'])()).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('not found'),
    })
  })

  test('whose runtime tells of a failure in words of its own keeps those to itself', async () => {
    const run = () => Promise.reject(new Error('it printed hunter2'))
    const error: unknown = await command(['x'], { runtime: { ...machine(), run } })().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'COMMAND_FAILED' })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('that is interrupted rejects with the reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(command([process.execPath, '-e', ''])({ signal })).rejects.toThrow('enough')
  })

  test('that prints nothing gives no token', async () => {
    await expect(command([process.execPath, '-e', ''])()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  test('needs a program', () => {
    expect(() => command([])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('where there are no processes is told so', async () => {
    const { run: _, ...worker } = machine()
    await expect(command(['x'], { runtime: worker })()).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })
})
