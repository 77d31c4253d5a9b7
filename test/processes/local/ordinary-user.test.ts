import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isGoneWithin, recordOf } from '../../../src/processes/local/process-identity'
import { temporaryFolder } from '../../support/folders'
import { spawnOwner } from '../../support/owners'

const nobody = { uid: 65_534, gid: 65_534 }
const clone = resolve(__dirname, '../../..')

/** Root only can run something as somebody else, and only where that one may read this clone. */
function canActAsNobody(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
  const script = 'test -x "$0" && test -r "$1"'
  const files = [process.execPath, join(clone, 'package.json')]
  return spawnSync('/bin/sh', ['-c', script, ...files], { ...nobody, cwd: '/' }).status === 0
}

const asNobody = canActAsNobody() ? describe : describe.skip

asNobody('an ordinary user', () => {
  test.each([
    ['RedisServer', 'redis-server.ts'],
    ['PostgresServer', 'postgres-server.ts'],
  ])('runs a %s of their own, which goes with its owner', async (call, file) => {
    await using folder = await temporaryFolder()
    const owner = await spawnOwner(
      {
        module: join('src/processes/local', file),
        call,
        argument: {
          folder: join(folder.path, 'server'),
          packages: join(folder.path, 'packages'),
          copies: join(folder.path, 'copies'),
          password: 'a-password',
        },
      },
      nobody,
    )
    const record = await recordOf(Number(owner.result['pid']))
    if (!record) throw new Error('the server does not run')
    expect((await stat(`/proc/${record.pid}`)).uid).toBe(nobody.uid)
    owner.process.kill('SIGKILL')
    expect(await isGoneWithin(record, 20_000)).toBe(true)
  })
})
