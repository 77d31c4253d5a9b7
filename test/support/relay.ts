import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Stands between a client and a server, so that a test can take the server away and bring it back. */
export class Relay implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  #isHolding = false
  #delay = 0
  #refused: number | undefined

  constructor(targetUrl: string) {
    const { hostname, port } = new URL(targetUrl)
    this.#target = { host: hostname, port: Number(port) }
  }

  /** Begins to pass on; the port stays the same over stops. */
  async start(): Promise<number> {
    this.#server = createServer((client) => {
      if (this.#refused !== undefined) {
        this.#refused += 1
        client.destroy()
        return
      }
      const target = connect(this.#target)
      for (const [socket, other] of [
        [client, target],
        [target, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('data', (data) => {
          const isFull = !other.write(data)
          if (isFull || this.#delay > 0) socket.pause()
          if (!isFull && this.#delay > 0) setTimeout(() => this.#resume(socket), this.#delay)
        })
        socket.on('drain', () => this.#resume(other))
        socket.on('end', () => other.end())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
        if (this.#isHolding) socket.pause()
      }
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this.#port
  }

  /** From here on nothing gets through in either direction, and nobody is told: as a network that swallows packets. */
  hold(): void {
    this.#isHolding = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** What was held, and what comes after it, gets through. */
  release(): void {
    this.#isHolding = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** From here on every connection rests so many milliseconds after each piece that it carried; 0 ends that. */
  slowDown(milliseconds: number): void {
    this.#delay = milliseconds
  }

  /** Cuts every connection, and each new one as soon as it is made. */
  refuse(): void {
    this.#refused = 0
    for (const socket of this.#sockets) socket.destroy()
  }

  /** How many were cut so. */
  get refused(): number {
    return this.#refused ?? 0
  }

  /** Takes connections again. */
  admit(): void {
    this.#refused = undefined
  }

  /** Cuts every connection and takes no new one. */
  async stop(): Promise<void> {
    if (!this.#server?.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #resume(socket: Socket): void {
    if (!this.#isHolding) socket.resume()
  }
}
