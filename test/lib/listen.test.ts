import { createServer, request, Agent } from 'node:http'
import { listen, stopListening } from '../../src/lib/listen'

describe('listen', () => {
  test('names the setting and the port that is taken', async () => {
    const first = createServer()
    const second = createServer()
    const port = await listen(first, 0, 'PORT')
    await expect(listen(second, port, 'HEALTH_PORT')).rejects.toThrow(
      `HEALTH_PORT: port ${port} is taken by another program; stop it or choose a free port`,
    )
    await stopListening(second, 0)
    await stopListening(first, 0)
  })
})

describe('stopListening', () => {
  test('lets a request under way end, although its connection would be kept alive', async () => {
    const arrived = new Deferred()
    const release = new Deferred()
    const server = createServer((_req, res) => {
      arrived.resolve()
      void release.promise.then(() => res.end('whole'))
    })
    const port = await listen(server, 0, 'PORT')
    const agent = new Agent({ keepAlive: true })
    const answer = get(port, agent)
    await arrived.promise
    const stopped = stopListening(server, 60_000)
    release.resolve()
    expect(await answer).toBe('whole')
    await stopped
    agent.destroy()
  })

  test('cuts off what outlasts the grace', async () => {
    const arrived = new Deferred()
    const server = createServer(() => arrived.resolve())
    const port = await listen(server, 0, 'PORT')
    const answer = get(port, new Agent())
    await arrived.promise
    await Promise.all([stopListening(server, 1), expect(answer).rejects.toThrow('socket hang up')])
  })
})

class Deferred {
  readonly #settled = new AbortController()
  readonly promise = new Promise<void>((resolve) => {
    this.#settled.signal.addEventListener('abort', () => resolve())
  })
  resolve = (): void => this.#settled.abort()
}

const get = (port: number, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ port, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
