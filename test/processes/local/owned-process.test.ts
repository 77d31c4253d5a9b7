import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OwnedProcess, endLeftBehind, readRecord } from '../../../src/processes/local/owned-process'
import { isGoneWithin, isRunning, recordOf } from '../../../src/processes/local/process-identity'
import { temporaryFolder } from '../../support/folders'
import { spawnOwner } from '../../support/owners'

const optionsIn = (folder: string, script: string) => ({
  command: '/bin/sh',
  args: ['-c', script],
  env: process.env,
  cwd: folder,
  recordFile: join(folder, 'it.pid.json'),
  grace: 10_000,
})

describe('OwnedProcess', () => {
  test('is recorded while it runs and forgotten when it has ended', async () => {
    await using folder = await temporaryFolder()
    const owned = await OwnedProcess.start(optionsIn(folder.path, 'exec sleep 1000'))
    const record = readRecord(join(folder.path, 'it.pid.json'))

    expect(record).toEqual(await recordOf(owned.pid))
    await owned[Symbol.asyncDispose]()
    await owned[Symbol.asyncDispose]()
    expect(await owned.exited).toEqual({ code: null, signal: 'SIGTERM' })
    await expect(readFile(join(folder.path, 'it.pid.json'))).rejects.toThrow('ENOENT')
  })

  test('is killed when it does not stop within its grace', async () => {
    await using folder = await temporaryFolder()
    const script = 'trap "" TERM; echo deaf; while :; do sleep 1; done'
    const owned = await OwnedProcess.start({
      ...optionsIn(folder.path, script),
      stdio: ['ignore', 'pipe', 'ignore'],
      grace: 50,
    })
    await new Promise((resolve) => owned.child.stdout?.once('data', resolve))
    await owned[Symbol.asyncDispose]()
    expect(await owned.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('names a program that cannot be started', async () => {
    await using folder = await temporaryFolder()
    const options = { ...optionsIn(folder.path, ''), command: join(folder.path, 'nothing') }
    await expect(OwnedProcess.start(options)).rejects.toThrow(/nothing cannot be started: .*ENOENT/)
  })

  test('does not outlive an owner that was killed', async () => {
    await using folder = await temporaryFolder()
    const owner = await spawnOwner({
      module: 'src/processes/local/owned-process.ts',
      call: 'OwnedProcess',
      argument: optionsIn(folder.path, 'exec sleep 1000'),
    })
    const record = readRecord(join(folder.path, 'it.pid.json'))
    if (!record) throw new Error('no record')

    expect(await isRunning(record)).toBe(true)
    owner.process.kill('SIGKILL')
    expect(await isGoneWithin(record, 20_000)).toBe(true)
  })

  test('is killed with an owner that is made to end', async () => {
    await using folder = await temporaryFolder()
    // Deaf to what asks it to stop: only a kill ends it.
    const argument = optionsIn(folder.path, 'trap "" TERM; while :; do sleep 1; done')
    const owner = await spawnOwner({
      module: 'src/processes/local/owned-process.ts',
      call: 'OwnedProcess',
      argument,
    })
    const record = readRecord(argument.recordFile)
    if (!record) throw new Error('no record')
    owner.process.kill('SIGTERM')
    expect(await isGoneWithin(record, 20_000)).toBe(true)
  })

  test('is ended by the next start when owner and guardian are gone', async () => {
    await using folder = await temporaryFolder()
    const { recordFile } = optionsIn(folder.path, '')
    const orphan = await OwnedProcess.start(optionsIn(folder.path, 'exec sleep 1000'))

    expect(await endLeftBehind(recordFile, 'SIGTERM', 10_000)).toBe(true)
    expect(orphan.hasEnded || (await orphan.exited)).toBeTruthy()
    expect(await endLeftBehind(recordFile, 'SIGTERM', 10_000)).toBe(false)
  })

  test.each(['', '{"pid":', '{"pid":"12"}'])(
    'a record that was cut off stands for nothing: %j',
    async (text) => {
      await using folder = await temporaryFolder()
      await writeFile(join(folder.path, 'it.pid.json'), text)
      expect(await endLeftBehind(join(folder.path, 'it.pid.json'), 'SIGTERM', 10)).toBe(false)
    },
  )

  test('leaves a process alone that only has the number of the recorded one', async () => {
    await using folder = await temporaryFolder()
    const { recordFile } = optionsIn(folder.path, '')
    await writeFile(recordFile, JSON.stringify({ pid: process.ppid, identity: 'another boot' }))
    expect(await endLeftBehind(recordFile, 'SIGKILL', 10)).toBe(false)
  })
})
