import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from './setup-error'

/** What a clone's own fleet keeps between starts. Most of it is secret. */
export interface LocalState {
  /** Tells this clone's data from that of a copy of the clone. */
  readonly id: string
  /** When the simulated vendors' history ends and their life begins: the same over all starts, or every call would move. */
  readonly sandboxEpoch: string
  readonly adminPassword: string
  readonly sessionSecret: string
  readonly encryptionKeys: string
  readonly piiPepper: string
  readonly metricsToken: string
  readonly redisPassword: string
  readonly databasePassword: string
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url')

const newState = (): LocalState => ({
  id: randomBytes(8).toString('hex'),
  sandboxEpoch: new Date().toISOString(),
  adminPassword: random(12),
  sessionSecret: random(32),
  encryptionKeys: `local:${randomBytes(32).toString('base64')}`,
  piiPepper: random(32),
  metricsToken: random(18),
  // They become part of URLs and of a protocol's plain lines.
  redisPassword: randomBytes(18).toString('hex'),
  databasePassword: randomBytes(18).toString('hex'),
})

/** The state of the fleet whose data is in `folder`; made at the first start. Only its owner can read the file. */
export async function localState(folder: string): Promise<LocalState> {
  const file = join(folder, 'state.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return createState(folder, file)
  const known = readState(text)
  if (known) return known
  throw new SetupError(`${file} cannot be read. Move ${folder} away to start afresh, or bring the file back.`)
}

async function createState(folder: string, file: string): Promise<LocalState> {
  if (existsSync(join(folder, 'servers'))) {
    throw new SetupError(
      `${file} is gone, and with it the passwords of the data beside it. Move ${folder} away to start afresh.`,
    )
  }
  const state = newState()
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return state
}

function readState(text: string): LocalState | undefined {
  try {
    const given = JSON.parse(text) as Record<string, unknown>
    const names = Object.keys(newState())
    return names.every((name) => typeof given[name] === 'string')
      ? (given as unknown as LocalState)
      : undefined
  } catch {
    return undefined
  }
}
