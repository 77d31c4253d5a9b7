import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

/**
 * Starts to listen on all addresses and resolves with the port; 0 takes a free one.
 * Fails with a message that names `setting`, the setting that holds the port.
 */
export async function listen(server: Server, port: number, setting: string): Promise<number> {
  // Node keeps a connection alive whose request was under way when the server closed, until its client lets go.
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
  try {
    const opened = once(server, 'listening')
    server.listen(port)
    await opened
  } catch (cause) {
    throw new ListenError(`${setting}: ${reasonOf(cause, port)}`, { cause })
  }
  return (server.address() as AddressInfo).port
}

/** A port cannot be had. The message says which setting names it, and what to do. */
export class ListenError extends Error {
  override name = 'ListenError'
  readonly code = 'listen'
}

/**
 * Takes no new connection, ends idle ones, and gives the requests under way `grace` milliseconds before it cuts them off.
 * Safe to call on a server that does not listen. For servers that `listen` started.
 */
export async function stopListening(server: Server, grace: number): Promise<void> {
  if (!server.listening) return
  const cut = setTimeout(() => server.closeAllConnections(), grace)
  await promisify(server.close.bind(server))()
  clearTimeout(cut)
}

function reasonOf(cause: unknown, port: number): string {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program; stop it or choose a free port`
  if (code === 'EACCES') return `port ${port} may not be used by this user; choose one above 1023`
  return `port ${port} cannot be opened: ${message}`
}
