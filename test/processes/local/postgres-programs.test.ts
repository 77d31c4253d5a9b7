import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findPostgres } from '../../../src/processes/local/postgres-programs'
import { temporaryFolder } from '../../support/folders'

/** A folder on PATH with programs that say they are this version. */
async function installed(folder: string, version: string): Promise<string> {
  const bin = join(folder, version)
  await mkdir(bin, { recursive: true })
  for (const program of ['initdb', 'postgres']) {
    await writeFile(join(bin, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`)
    await chmod(join(bin, program), 0o755)
  }
  return bin
}

describe('findPostgres', () => {
  test('prefers the embedded one where there is no data yet', async () => {
    await using folder = await temporaryFolder()
    const PATH = await installed(folder.path, '9.1')
    const found = await findPostgres({ copies: join(folder.path, 'copies'), user: undefined, env: { PATH } })
    expect(found.origin).toMatch(/^Postgres \d+\.\d+ \(embedded\)$/)
  })

  test('takes the one that made the data', async () => {
    await using folder = await temporaryFolder()
    const PATH = [await installed(folder.path, '8.4'), await installed(folder.path, '9.1')].join(':')
    const options = { copies: join(folder.path, 'copies'), user: undefined, env: { PATH }, madeBy: '9' }
    expect(await findPostgres(options)).toMatchObject({
      postgres: join(folder.path, '9.1/postgres'),
      major: '9',
    })
  })

  test('refuses data that no version here has made', async () => {
    await using folder = await temporaryFolder()
    const options = { copies: folder.path, user: undefined, env: {}, madeBy: '7' }
    await expect(findPostgres(options)).rejects.toThrow(
      /The data was made by Postgres 7, and Postgres .* cannot read it\. Install Postgres 7, or move the data away/,
    )
  })
})
