import { spawn } from 'node:child_process'
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { PostgresServer } from '../../../src/processes/local/postgres-server'
import { isGoneWithin, recordOf } from '../../../src/processes/local/process-identity'
import { unprivilegedUser } from '../../../src/processes/local/unprivileged'
import { temporaryFolder } from '../../support/folders'
import { spawnOwner } from '../../support/owners'

const { signal } = new AbortController()
const optionsIn = (folder: string) => ({
  folder: join(folder, 'postgres'),
  copies: join(folder, 'programs'),
  password: 'a-password',
  durable: false,
})
const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

describe('PostgresServer', () => {
  test('serves on the loopback to who knows the password, and keeps its data between starts', async () => {
    await using folder = await temporaryFolder()
    const first = await PostgresServer.start(optionsIn(folder.path), signal)
    await query(first.url, "create table kept as select 'yes' as answer")
    await expect(query(first.url.replace('a-password', 'a-guess'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    )
    await first[Symbol.asyncDispose]()
    expect(await first.exited).toEqual({ code: 0, signal: null })

    await using second = await PostgresServer.start(optionsIn(folder.path), signal)
    expect(await query(second.url, 'select * from kept')).toEqual([{ answer: 'yes' }])
    expect(await query(second.url, 'show timezone')).toEqual([{ TimeZone: 'UTC' }])
  })

  test('cuts off sessions when it stops', async () => {
    await using folder = await temporaryFolder()
    const server = await PostgresServer.start(optionsIn(folder.path), signal)
    const client = new Client({ connectionString: server.url })
    const cut = new Promise<Error>((resolve) => client.on('error', resolve))
    await client.connect()
    await server[Symbol.asyncDispose]()
    expect((await cut).message).toMatch(/terminating connection|terminated/)
  })

  test('recovers after it was killed, though its number belongs to another process by now', async () => {
    await using folder = await temporaryFolder()
    const first = await PostgresServer.start(optionsIn(folder.path), signal)
    await query(first.url, "create table kept as select 'yes' as answer")
    await query(first.url, 'checkpoint')
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    const other = spawn('sleep', ['1000'], { ...(await unprivilegedUser()), stdio: 'ignore' })
    const pidFile = join(folder.path, 'postgres/data/postmaster.pid')
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    await writeFile(pidFile, [String(other.pid), ...lines.slice(1)].join('\n'))

    await using second = await PostgresServer.start(optionsIn(folder.path), signal)
    expect(await query(second.url, 'select * from kept')).toEqual([{ answer: 'yes' }])
    expect(other.exitCode).toBeNull()
    other.kill('SIGKILL')
  })

  test('ends the one that an earlier start has left behind in its folder', async () => {
    await using folder = await temporaryFolder()
    const orphan = await PostgresServer.start(optionsIn(folder.path), signal)
    await using server = await PostgresServer.start(optionsIn(folder.path), signal)

    expect(await orphan.exited).toEqual({ code: 0, signal: null })
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('ends one of which only the data folder knows', async () => {
    await using folder = await temporaryFolder()
    const orphan = await PostgresServer.start(optionsIn(folder.path), signal)
    await writeFile(join(folder.path, 'postgres/postgres.pid.json'), '')
    await using server = await PostgresServer.start(optionsIn(folder.path), signal)

    expect(await orphan.exited).toEqual({ code: 0, signal: null })
    expect(server.pid).not.toBe(orphan.pid)
  })

  test('goes when its owner is killed', async () => {
    await using folder = await temporaryFolder()
    const owner = await spawnOwner({
      module: 'src/processes/local/postgres-server.ts',
      call: 'PostgresServer',
      argument: optionsIn(folder.path),
    })
    const record = await recordOf(Number(owner.result['pid']))
    if (!record) throw new Error('the server does not run')
    owner.process.kill('SIGKILL')
    expect(await isGoneWithin(record, 20_000)).toBe(true)
  })

  test('makes a data folder again whose making was cut off', async () => {
    await using folder = await temporaryFolder()
    for (const half of ['data', 'data.new']) {
      await mkdir(join(folder.path, 'postgres', half, 'base'), { recursive: true })
      await writeFile(join(folder.path, 'postgres', half, 'postgresql.conf'), 'cut o')
    }
    const user = await unprivilegedUser()
    if (user) await chown(join(folder.path, 'postgres/data'), user.uid, user.gid)
    await using server = await PostgresServer.start(optionsIn(folder.path), signal)
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('does not touch data that another version has made', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'postgres/data'), { recursive: true })
    await writeFile(join(folder.path, 'postgres/data/PG_VERSION'), '9.6\n')
    await expect(PostgresServer.start(optionsIn(folder.path), signal)).rejects.toThrow(
      /was made by Postgres 9\.6, and Postgres .* cannot read it/,
    )
  })

  test('stops its start when it is told to', async () => {
    await using folder = await temporaryFolder()
    const stop = new AbortController()
    const start = PostgresServer.start(optionsIn(folder.path), stop.signal)
    stop.abort(new Error('enough'))
    await expect(start).rejects.toThrow(/enough|abort/i)
  })
})
