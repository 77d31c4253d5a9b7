import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findRedis } from '../../../src/processes/local/redis-program'
import { temporaryFolder } from '../../support/folders'
import { pathWithout } from '../../support/paths'

const { signal } = new AbortController()
const onDebian = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb') ? describe : describe.skip

/** A machine on which only some programs are on PATH, and whose packages come from a repository of the test's own. */
async function bareMachine(packages: Record<string, string> = {}) {
  const folder = await temporaryFolder()
  const PATH = await pathWithout(join(folder.path, 'bin'), 'redis-server', 'valkey-server', 'docker')
  const repository = join(folder.path, 'repository').replaceAll(' ', '%20')
  const write = async (file: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    await chmod(file, mode)
  }
  for (const [name, script] of Object.entries(packages)) {
    const tree = join(folder.path, 'tree', name)
    const control = `Package: ${name}\nVersion: 999:1\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: a test\n`
    await write(join(tree, 'DEBIAN/control'), control)
    await write(join(tree, 'usr/bin', name), script, 0o755)
    await mkdir(join(folder.path, 'repository'), { recursive: true })
    execFileSync('dpkg-deb', ['--build', tree, join(folder.path, 'repository', `${name}.deb`)])
    const size = execFileSync('stat', ['-c', '%s', join(folder.path, 'repository', `${name}.deb`)], {
      encoding: 'utf8',
    })
    const sum = execFileSync('sha256sum', [join(folder.path, 'repository', `${name}.deb`)], {
      encoding: 'utf8',
    })
    const entry = `${control}Filename: ./${name}.deb\nSize: ${size.trim()}\nSHA256: ${sum.slice(0, 64)}\n\n`
    await writeFile(join(folder.path, 'repository/Packages'), entry, { flag: 'a' })
  }
  await write(join(folder.path, 'sources.list'), `deb [trusted=yes] copy:${repository} ./\n`)
  await write(
    join(folder.path, 'apt.conf'),
    `Dir::Etc::sourcelist "${join(folder.path, 'sources.list')}";\nDir::Etc::sourceparts "/dev/null";\n`,
  )
  const lines: string[] = []
  const options = {
    packages: join(folder.path, 'packages'),
    env: { PATH, APT_CONFIG: join(folder.path, 'apt.conf') },
    tell: (line: string) => lines.push(line),
  }
  return { ...folder, options, lines, write }
}

describe('findRedis', () => {
  test('takes what is on PATH', async () => {
    await using machine = await bareMachine()
    await machine.write(join(machine.path, 'opt/valkey-server'), '#!/bin/sh\necho 8.0\n', 0o755)
    const env = { PATH: `${join(machine.path, 'opt')}:${machine.options.env.PATH}` }
    expect(await findRedis({ ...machine.options, env }, signal)).toMatchObject({
      command: join(machine.path, 'opt/valkey-server'),
      origin: 'valkey-server',
    })
    expect(machine.lines).toEqual([])
  })

  test('passes over a program that does not start here', async () => {
    await using machine = await bareMachine()
    await machine.write(join(machine.path, 'opt/redis-server'), '#!/bin/sh\nexit 127\n', 0o755)
    await machine.write(join(machine.path, 'opt/valkey-server'), '#!/bin/sh\n', 0o755)
    const env = { PATH: `${join(machine.path, 'opt')}:${machine.options.env.PATH}` }
    expect((await findRedis({ ...machine.options, env }, signal)).origin).toBe('valkey-server')
  })

  test('says what to do where there is none at all', async () => {
    await using machine = await bareMachine()
    await expect(findRedis(machine.options, signal)).rejects.toThrow(
      /No Redis server found[^]*sudo apt-get install redis-server[^]*dnf[^]*brew install redis[^]*REDIS_URL/,
    )
  })
})

onDebian('findRedis on Debian', () => {
  test('unpacks the system package where PATH has none, once', async () => {
    await using machine = await bareMachine({ 'redis-server': '#!/bin/sh\necho v=7\n' })
    const program = await findRedis(machine.options, signal)
    expect(program.command).toBe(join(machine.options.packages, 'redis/usr/bin/redis-server'))
    expect(machine.lines).toEqual([expect.stringContaining('unpacking the system package')])

    expect(await findRedis(machine.options, signal)).toEqual(program)
    expect(machine.lines).toHaveLength(1)
  })

  test('unpacks valkey where the system has no redis', async () => {
    await using machine = await bareMachine({ 'valkey-server': '#!/bin/sh\n', 'valkey-tools': '' })
    expect((await findRedis(machine.options, signal)).origin).toMatch(/^valkey-server from/)
  })

  test('tells why the package could not be unpacked', async () => {
    await using machine = await bareMachine({ 'redis-server': '#!/bin/sh\nexit 127\n' })
    await expect(findRedis(machine.options, signal)).rejects.toThrow(/No Redis server found/)
    expect(machine.lines).toContainEqual('The system package was unpacked, but its server does not start')
  })
})
