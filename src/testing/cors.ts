type Handler = (request: Request) => Promise<Response>

const EXPOSED = 'date, etag, opc-request-id, opc-parent-rpt-url, x-emulator-reason, retry-after'

/**
 * Lets pages of other origins call a handler: answers their preflight requests, and allows their browsers to show them
 * the answers. Nothing is allowed with a browser's stored credentials.
 */
export async function answerAcrossOrigins(request: Request, handler: Handler): Promise<Response> {
  if (!request.headers.has('origin')) return handler(request)
  if (request.method === 'OPTIONS' && request.headers.has('access-control-request-method')) return preflight(request)
  const response = await handler(request)
  response.headers.set('access-control-allow-origin', '*')
  response.headers.set('access-control-expose-headers', EXPOSED)
  return response
}

function preflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '',
      'access-control-allow-private-network': 'true',
      'access-control-max-age': '600',
    },
  })
}
