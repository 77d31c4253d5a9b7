import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { keptPort } from '../../../src/processes/local/ports'
import { temporaryFolder } from '../../support/folders'

describe('keptPort', () => {
  test('gives the same port again while it is free', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'port')
    const port = await keptPort(file)
    expect(await keptPort(file)).toBe(port)
    expect((await readFile(file, 'utf8')).trim()).toBe(String(port))
  })

  test('takes another one where it is held, and keeps that', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'port')
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port: held } = other.address() as AddressInfo
    await writeFile(file, String(held))
    const port = await keptPort(file)
    expect(port).not.toBe(held)
    other.close()
    await once(other, 'close')
    expect(await keptPort(file)).toBe(port)
  })

  test.each(['', 'x', '80', '70000', '4100.5'])('makes nothing of a file that says "%s"', async (text) => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'port')
    await writeFile(file, text)
    expect(await keptPort(file)).toBeGreaterThan(1023)
  })
})
