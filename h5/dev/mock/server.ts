import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refused, routes } from './routes.ts'
import type { World } from './world.ts'

const root = '/sandbox/v1/'
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160"><rect width="240" height="160" fill="#c8e6dd"/><circle cx="120" cy="80" r="44" fill="#0b6e69"/></svg>'

/** Serves the contract from a world; anything outside `/sandbox/v1` goes on to `next`. */
export function serve(world: World) {
  return async (request: IncomingMessage, answer: ServerResponse, next: () => void) => {
    const url = new URL(request.url ?? '/', 'http://mock')
    if (!url.pathname.startsWith(root)) return next()
    const path = url.pathname.slice(root.length)
    if (path === 'events') return events(world, request, answer)
    // Any page that a person opens: a mock needs no cookie.
    if (/^people\/[^/]+\/open$/.test(path)) return answer.writeHead(302, { location: url.searchParams.get('url') ?? '/' }).end()
    if (path.startsWith('media/')) return answer.writeHead(200, { 'content-type': 'image/svg+xml' }).end(picture)
    const send = (status: number, body: unknown) => answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    try {
      const body = await json(request)
      for (const [method, pattern, handler] of routes) {
        const match = method === request.method ? pattern.exec(path) : null
        if (match) return send(200, handler(world, match.slice(1).filter((part) => part !== undefined).map(decodeURIComponent), body, url.searchParams))
      }
      return send(404, { error: `no ${request.method} ${path}` })
    } catch (cause) {
      return send(cause instanceof Refused ? cause.status : 500, { error: cause instanceof Error ? cause.message : String(cause) })
    }
  }
}

function events(world: World, request: IncomingMessage, answer: ServerResponse) {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  answer.write(':\n\n')
  const listener: Parameters<World['listeners']['add']>[0] = (event) => answer.write(`data: ${JSON.stringify(event)}\n\n`)
  world.listeners.add(listener)
  request.on('close', () => world.listeners.delete(listener))
}

async function json(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {}
}
