import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type ListenOptions } from 'node:net'

/** A port of the loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}

/** True where a server could listen on this port now, on all addresses and on the loopback. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen({ port })) && (await canListen({ port, host: '127.0.0.1' }))
}

/** Another program holds the port that was asked for. */
export class PortTakenError extends Error {
  override name = 'PortTakenError'
  readonly code = 'port_taken'

  constructor(port: number) {
    super(
      `PORT: ${port} is taken by another program. Stop it, or choose another port: PORT=${port + 1} npm start`,
    )
  }
}

/** The wanted port if it is free. One that nobody asked for by name gives way to the next free one; 0 means any. */
export async function chooseDashboardPort(wanted: number, isWish: boolean): Promise<number> {
  if (wanted === 0) return freePort()
  if (await isPortFree(wanted)) return wanted
  if (isWish) throw new PortTakenError(wanted)
  for (let port = wanted + 1; port <= wanted + 10; port += 1) {
    if (await isPortFree(port)) return port
  }
  return freePort()
}

/**
 * The port that a file keeps, where it is free; else a free one, kept there for the next time. Whoever was told the
 * address finds the same thing there again, mostly.
 */
export async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, 'utf8').catch(() => ''))
  if (Number.isInteger(kept) && kept >= 1024 && kept <= 65_535 && (await isPortFree(kept))) return kept
  const port = await freePort()
  await writeFile(file, `${port}\n`)
  return port
}

async function canListen(where: ListenOptions): Promise<boolean> {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(where)
    await listening
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
