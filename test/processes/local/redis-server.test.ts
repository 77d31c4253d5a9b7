import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { isGoneWithin, recordOf } from '../../../src/processes/local/process-identity'
import { RedisServer } from '../../../src/processes/local/redis-server'
import { temporaryFolder } from '../../support/folders'
import { spawnOwner } from '../../support/owners'

const { signal } = new AbortController()
const optionsIn = (folder: string) => ({
  folder: join(folder, 'redis'),
  packages: join(folder, 'packages'),
  password: 'a-password',
})
const clientOf = (server: RedisServer): Redis & AsyncDisposable =>
  Object.assign(
    new Redis(server.url).on('error', () => undefined),
    {
      async [Symbol.asyncDispose](this: Redis) {
        await this.quit().catch(() => undefined)
      },
    },
  )

describe('RedisServer', () => {
  test('serves on the loopback, to who knows the password, with the settings a queue needs', async () => {
    await using folder = await temporaryFolder()
    await using server = await RedisServer.start(optionsIn(folder.path), signal)
    await using client = clientOf(server)

    const settings = await client.config('GET', 'appendonly', 'maxmemory-policy', 'hz', 'bind')
    expect(settings).toEqual(
      expect.arrayContaining([
        'appendonly',
        'yes',
        'maxmemory-policy',
        'noeviction',
        'hz',
        '100',
        '127.0.0.1',
      ]),
    )
    await using stranger = clientOf({ url: server.url.replace('a-password', 'a-guess') } as RedisServer)
    await expect(stranger.get('anything')).rejects.toThrow(/WRONGPASS|NOAUTH/)
  })

  test('keeps what it acknowledged when it is killed', async () => {
    await using folder = await temporaryFolder()
    const first = await RedisServer.start(optionsIn(folder.path), signal)
    const client = new Redis(first.url)
    await client.set('kept', 'yes')
    client.disconnect()
    process.kill(first.pid, 'SIGKILL')
    await first.exited

    await using second = await RedisServer.start({ ...optionsIn(folder.path), port: first.port }, signal)
    await using again = clientOf(second)
    expect(second.url).toBe(first.url)
    expect(await again.get('kept')).toBe('yes')
  })

  test('ends the one that an earlier start has left behind in its folder', async () => {
    await using folder = await temporaryFolder()
    const orphan = await RedisServer.start(optionsIn(folder.path), signal)
    await using server = await RedisServer.start(optionsIn(folder.path), signal)

    expect(await orphan.exited).toEqual({ code: 0, signal: null })
    await using client = clientOf(server)
    expect(await client.ping()).toBe('PONG')
  })

  test('goes when its owner is killed', async () => {
    await using folder = await temporaryFolder()
    const owner = await spawnOwner({
      module: 'src/processes/local/redis-server.ts',
      call: 'RedisServer',
      argument: optionsIn(folder.path),
    })
    const record = await recordOf(Number(owner.result['pid']))
    if (!record) throw new Error('the server does not run')
    owner.process.kill('SIGKILL')
    expect(await isGoneWithin(record, 20_000)).toBe(true)
  })

  test('says why it does not come up when a wished port is taken', async () => {
    await using folder = await temporaryFolder()
    const other = createServer((socket) => socket.end('-ERR no\r\n')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(RedisServer.start({ ...optionsIn(folder.path), port }, signal)).rejects.toThrow(
      /Redis stopped during its start[^]*redis\.log[^]*address already in use/i,
    )
    other.close()
  })

  test('is not mistaken for another Redis on its port', async () => {
    await using folder = await temporaryFolder()
    await using other = await RedisServer.start(optionsIn(join(folder.path, 'other')), signal)
    const { port } = other
    await expect(RedisServer.start({ ...optionsIn(folder.path), port }, signal)).rejects.toThrow(
      /address already in use/i,
    )
  })

  test('keeps the password out of its argument list and its log', async () => {
    await using folder = await temporaryFolder()
    await using server = await RedisServer.start(optionsIn(folder.path), signal)
    const log = await readFile(join(folder.path, 'redis/redis.log'), 'utf8')
    expect(log).not.toContain('a-password')
    expect(log).toMatch(/ready to accept connections/i)
    const seen = await readFile(`/proc/${server.pid}/cmdline`, 'utf8').catch(() => '')
    expect(seen).not.toContain('a-password')
  })

  test('starts where a record was cut off', async () => {
    await using folder = await temporaryFolder()
    const options = optionsIn(folder.path)
    await (await RedisServer.start(options, signal))[Symbol.asyncDispose]()
    await writeFile(join(options.folder, 'redis.pid.json'), '{"pi')
    await using server = await RedisServer.start(options, signal)
    expect(server.port).toBeGreaterThan(0)
  })
})
