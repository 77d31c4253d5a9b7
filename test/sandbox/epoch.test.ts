import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keptEpoch } from '../../sandbox'
import { temporaryFolder } from '../support/folders'

describe('keptEpoch', () => {
  test('is now at the first start, and the same ever after', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'epoch')
    const before = Date.now()
    const first = await keptEpoch(file)
    expect(first.getTime()).toBeGreaterThanOrEqual(before)
    expect(await readFile(file, 'utf8')).toBe(`${first.toISOString()}\n`)
    expect(await keptEpoch(file)).toEqual(first)
  })

  test('refuses a file that holds no instant', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'epoch')
    await writeFile(file, 'yesterday\n')
    await expect(keptEpoch(file)).rejects.toThrow(`${file}: expected an instant such as`)
  })
})
