import { once } from 'node:events'
import { Socket } from 'node:net'

/** The sockets of all connections to one server, so that they can be ended where the server answers no farewell. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>()

  /** Makes one that is not connected yet, as `pg` asks for it. */
  readonly open = (): Socket => {
    const socket = new Socket()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  /** Ends all of them at once; what waits for an answer on one of them fails. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Resolves when those that are open now are closed. */
  async closed(): Promise<void> {
    await Promise.all([...this.#sockets].map(async (socket) => once(socket, 'close')))
  }
}
