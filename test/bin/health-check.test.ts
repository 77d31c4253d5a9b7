import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { listen, stopListening } from '../../src/lib/listen'
import { reservedPort } from '../support/ports'

const root = resolve(__dirname, '../..')

/** Its exit code. */
async function check(env: Readonly<Record<string, string>>, ...urls: readonly string[]): Promise<unknown> {
  const program = resolve(root, 'dist/src/bin/health-check.js')
  const child = spawn(process.execPath, [program, ...urls], { env, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

/** A process that answers with this status, and the paths it was asked for. */
async function answering(status: number) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.writeHead(status).end()
  })
  const port = String(await listen(server, 0, 'PORT'))
  return { port, asked, [Symbol.asyncDispose]: async () => stopListening(server, 0) }
}

describe('health check', () => {
  test('asks the port of scheduler and worker whether the process is ready', async () => {
    await using ready = await answering(200)
    expect(await check({ HEALTH_PORT: ready.port, PORT: String(await reservedPort()) })).toBe(0)
    expect(ready.asked).toEqual(['/readyz'])
    await using unready = await answering(503)
    expect(await check({ HEALTH_PORT: unready.port, PORT: ready.port })).toBe(1)
  })

  test('asks the port of the dashboard where nothing listens on the other', async () => {
    await using ready = await answering(200)
    expect(await check({ HEALTH_PORT: String(await reservedPort()), PORT: ready.port })).toBe(0)
  })

  test('fails where nobody answers', async () => {
    expect(
      await check({ HEALTH_PORT: String(await reservedPort()), PORT: String(await reservedPort()) }),
    ).toBe(1)
  })

  test('asks what it is given instead', async () => {
    await using ready = await answering(200)
    expect(await check({}, `http://127.0.0.1:${ready.port}/control/clock`)).toBe(0)
    expect(ready.asked).toEqual(['/control/clock'])
  })
})
