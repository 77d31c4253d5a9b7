import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AlreadyRunningError, InstanceLock } from '../../../src/processes/local/instance-lock'
import { recordOf } from '../../../src/processes/local/process-identity'
import { temporaryFolder } from '../../support/folders'

const nowhere = async (): Promise<undefined> => undefined

describe('InstanceLock', () => {
  test('is free again when it is let go', async () => {
    await using folder = await temporaryFolder()
    const first = await InstanceLock.take(folder.path, nowhere)
    await expect(InstanceLock.take(folder.path, nowhere)).rejects.toThrow(AlreadyRunningError)
    await first[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    await using second = await InstanceLock.take(folder.path, nowhere)
    expect(second.owner).toEqual(await recordOf(process.pid))
  })

  test.each([
    ['a process that is gone', async () => JSON.stringify(await goneProcess())],
    [
      'a number that is another process by now',
      async () => JSON.stringify({ pid: process.ppid, identity: 'x' }),
    ],
    ['nothing that can be read', async () => '{"pid"'],
  ])('is taken over from %s', async (_, content) => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'fleet.lock'), await content())
    await using lock = await InstanceLock.take(folder.path, nowhere)
    expect(JSON.parse(await readFile(join(folder.path, 'fleet.lock'), 'utf8'))).toEqual(lock.owner)
    expect(await readdir(folder.path)).toEqual(['fleet.lock'])
  })

  test('leaves alone what another process has taken meanwhile', async () => {
    await using folder = await temporaryFolder()
    const lock = await InstanceLock.take(folder.path, nowhere)
    await writeFile(join(folder.path, 'fleet.lock'), JSON.stringify({ pid: 1, identity: 'other' }))
    await lock[Symbol.asyncDispose]()
    expect(await readdir(folder.path)).toEqual(['fleet.lock'])
  })
})

async function goneProcess() {
  const child = spawn('sleep', ['1000'])
  const record = await recordOf(child.pid ?? 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return record
}
