import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { temporaryFolder } from '../support/folders'

const root = resolve(__dirname, '../..')
const typescript = resolve(root, 'node_modules/typescript')

/** A small clone with the real scripts, whose only package lies on this machine: no registry is asked. */
async function smallClone() {
  const folder = await temporaryFolder()
  const clone = join(folder.path, 'a clone')
  const write = async (file: string, content: string | object): Promise<void> => {
    await mkdir(dirname(join(clone, file)), { recursive: true })
    await writeFile(join(clone, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const place = relative(clone, typescript)
  const writePackage = async (more: { node?: string; version?: string } = {}) => {
    const about = {
      name: 'syncfleet',
      version: more.version ?? '1.2.3',
      engines: { node: more.node ?? '>=20.0.0' },
      bin: { syncfleet: 'dist/src/bin/syncfleet.js' },
      dependencies: { typescript: `file:${place}` },
    }
    await write('package.json', about)
    await write('package-lock.json', {
      name: about.name,
      version: about.version,
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': about,
        [place]: { version: JSON.parse(await readFile(join(typescript, 'package.json'), 'utf8')).version },
        'node_modules/typescript': { resolved: place, link: true },
      },
    })
  }
  await writePackage()
  await cp(join(root, 'scripts'), join(clone, 'scripts'), { recursive: true })
  await write('tsconfig.json', { compilerOptions: { types: [], module: 'node18', skipLibCheck: true } })
  await write('tsconfig.build.json', {
    extends: './tsconfig.json',
    compilerOptions: { rootDir: '.' },
    include: ['src', 'config', 'jobs', 'sandbox'],
  })
  for (const name of ['config', 'jobs', 'sandbox'])
    await write(`${name}/index.ts`, 'export const here = true\n')
  await write('src/bin/syncfleet.ts', '#!/usr/bin/env node\nexport const answer: number = 42\n')
  await write('src/ledger/migrations/0001.sql', 'select 1;\n')

  const start = (more: NodeJS.ProcessEnv = {}) => {
    const { npm_execpath: _, ...rest } = process.env
    const env = { ...rest, ...more }
    const child = spawn(process.execPath, [join(clone, 'scripts/prepare.cjs')], { env, cwd: '/' })
    const outcome = Promise.all([once(child, 'exit'), text(child.stderr)])
    return { child, outcome }
  }
  const prepare = async (env: NodeJS.ProcessEnv = {}) => {
    const { child, outcome } = start(env)
    const out = await text(child.stdout)
    const [[code], errors] = await outcome
    return { code: code as number, out, errors }
  }
  return { ...folder, clone, write, writePackage, start, prepare }
}

describe('prepare', () => {
  test('installs and builds a fresh clone, then has nothing to do', async () => {
    await using here = await smallClone()
    const first = await here.prepare()
    expect(first.errors).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toMatch(
      /^Installing packages with npm ci \(none are installed\) …\n {2}done in .* s\nBuilding …\n/,
    )

    expect(await readFile(join(here.clone, 'dist/src/ledger/migrations/0001.sql'), 'utf8')).toBe(
      'select 1;\n',
    )
    expect((await stat(join(here.clone, 'dist/src/bin/syncfleet.js'))).mode & 0o111).toBe(0o111)
    const build = JSON.parse(await readFile(join(here.clone, 'dist/build.json'), 'utf8'))
    expect(build).toEqual({
      version: '1.2.3',
      builtAt: expect.stringMatching(/^\d{4}-.*Z$/),
      sources: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await here.prepare()).toEqual({ code: 0, out: '', errors: '' })
    expect(await readdir(here.clone)).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^dist\.new/)]),
    )
  })

  test('names the commit that it is told where there is no clone to ask', async () => {
    await using here = await smallClone()
    expect(await here.prepare({ SOURCE_COMMIT: '1a2b3c4' })).toMatchObject({ code: 0 })
    const build = JSON.parse(await readFile(join(here.clone, 'dist/build.json'), 'utf8'))
    expect(build).toMatchObject({ commit: '1a2b3c4' })
  })

  test('builds again when a source has changed, and only builds', async () => {
    await using here = await smallClone()
    await here.prepare()
    await here.write('src/bin/syncfleet.ts', 'export const answer: number = 43\n')
    const { code, out } = await here.prepare()
    expect(code).toBe(0)
    expect(out).toMatch(/^Building …\n {2}done in/)
    expect(await readFile(join(here.clone, 'dist/src/bin/syncfleet.js'), 'utf8')).toContain('43')
  })

  test('installs again when a package is missing', async () => {
    await using here = await smallClone()
    await here.prepare()
    await rm(join(here.clone, 'node_modules/typescript'))
    expect((await here.prepare()).out).toContain('npm ci (node_modules/typescript is missing)')
  })

  test('keeps the last build and shows the errors when the next one fails', async () => {
    await using here = await smallClone()
    await here.prepare()
    await here.write('src/bin/syncfleet.ts', "export const answer: number = 'no'\n")
    const { code, errors } = await here.prepare()
    expect(code).toBe(1)
    expect(errors).toMatch(/syncfleet\.ts\(1,14\): error TS2322[^]*Building failed\.\n$/)
    expect(await readFile(join(here.clone, 'dist/src/bin/syncfleet.js'), 'utf8')).toContain('42')
  })

  test('shows what npm says when the installation fails', async () => {
    await using here = await smallClone()
    await here.write('package-lock.json', { lockfileVersion: 3, packages: {} })
    const { code, errors } = await here.prepare()
    expect(code).toBe(1)
    expect(errors).toMatch(/npm error[^]*Installing packages with npm ci \(none are installed\) failed\.\n$/)
  })

  test('refuses a Node that is too old before it touches anything', async () => {
    await using here = await smallClone()
    await here.writePackage({ node: '>=99.1.0' })
    const { code, errors } = await here.prepare()
    expect(code).toBe(1)
    expect(errors).toContain(`Syncfleet needs Node 99.1.0 or newer; this is ${process.versions.node}`)
    await expect(access(join(here.clone, 'node_modules'))).rejects.toThrow('ENOENT')
  })

  test('waits for another command that prepares the clone', async () => {
    await using here = await smallClone()
    await here.write('.syncfleet/prepare.lock', String(process.pid))
    const { child, outcome } = here.start()
    const [told] = (await once(child.stdout, 'data')) as [Buffer]
    expect(told.toString()).toContain('Another command is preparing this clone')
    await expect(access(join(here.clone, 'node_modules'))).rejects.toThrow('ENOENT')
    child.stdout.resume()
    await rm(join(here.clone, '.syncfleet/prepare.lock'))
    expect(await outcome).toEqual([[0, null], ''])
  })

  test('goes on where the other command was killed', async () => {
    await using here = await smallClone()
    const gone = spawn('true')
    await once(gone, 'exit')
    await here.write('.syncfleet/prepare.lock', String(gone.pid))
    expect((await here.prepare()).code).toBe(0)
  })
})
