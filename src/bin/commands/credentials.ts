import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { jobs } from '../../../jobs'
import {
  findCredential,
  listCredentials,
  rotateCredentials,
  type CredentialRow,
} from '../../ledger/accounts/credentials'
import { recordAct } from '../../ledger/audit'
import { importCredentials, setCredential } from '../../ledger/accounts/imports/credentials'
import { SecretBox } from '../../ledger/accounts/secret-box'
import type { CommandContext } from './context'
import { runImport, showReport } from './import-command'
import { CommandError, UsageError } from './outcome'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<CredentialRow>[] = [
  ['id', ({ id }) => id],
  ['job', ({ job }) => job],
  ['accounts', ({ accounts }) => accounts],
  ['key', ({ keyId }) => keyId],
  ['changed', ({ updatedAt }) => updatedAt],
  ['state', ({ parkedReason }) => (parkedReason === null ? 'in use' : `parked: ${parkedReason}`)],
]

interface SetOptions extends ShowOptions {
  readonly job?: string
  readonly file?: string
}

/** `credentials import|list|set|rotate` */
export function addCredentials(program: Command, context: CommandContext): void {
  const credentials = program.command('credentials').description('the secrets that let us in at the vendors')

  withJson(credentials.command('import'))
    .description(
      'add and change credentials from a file; what changes is un-parked together with its accounts',
    )
    .argument('<file>', '.csv or .json with the columns id, job, secrets (JSON)')
    .action(async (file: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      const box = new SecretBox(config.encryptionKeys)
      await runImport(context, options, file, async (given) =>
        importCredentials(database, given, context.by, { box, jobs }),
      )
    })

  withJson(credentials.command('list'))
    .description('all credentials, without their secrets')
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger()
      showRows(context, options, await listCredentials(ledger.database), columns)
    })

  withJson(credentials.command('set'))
    .description(
      'set the secrets of one credential, given as a JSON object on standard input; un-parks its accounts',
    )
    .argument('<id>', 'what it is called, as accounts name it')
    .option('--job <id>', 'the job it is for, if it is new')
    .option('--file <path>', 'read the JSON object from a file instead')
    .action(async (id: string, { job, file, ...options }: SetOptions) =>
      setOne(context, options, id, { job, file }),
    )

  withJson(credentials.command('rotate'))
    .description('seal with the first of ENCRYPTION_KEYS what an older one sealed; safe while workers run')
    .action(async (options: ShowOptions) => rotate(context, options))
}

async function setOne(
  context: CommandContext,
  options: ShowOptions,
  id: string,
  from: { readonly job: string | undefined; readonly file: string | undefined },
): Promise<void> {
  await using ledger = await context.openLedger()
  const { database, config } = ledger
  const job = from.job ?? (await findCredential(database, id))?.job
  if (job === undefined)
    throw new UsageError(`there is no credential ${id} yet: say with --job what it is for`)
  const secrets = parsed(
    from.file === undefined ? await context.readInput() : await readFile(from.file, 'utf8'),
  )
  const box = new SecretBox(config.encryptionKeys)
  showReport(
    context,
    options,
    await setCredential(database, { id, job, secrets }, context.by, { box, jobs }),
    'row',
  )
}

/** The parser's own message would quote what may be a secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new UsageError('expected the secrets as one JSON object')
  }
}

async function rotate(context: CommandContext, options: ShowOptions): Promise<void> {
  await using ledger = await context.openLedger()
  const { database, config } = ledger
  const box = new SecretBox(config.encryptionKeys)
  const rotation = await rotateCredentials(database, box, context.signal)
  await recordAct(database, {
    ...context.by,
    action: 'rotate',
    subject: 'credentials',
    after: { key: box.keyId, rotated: rotation.rotated, failed: rotation.failed.map(({ id }) => id) },
    outcome: rotation.failed.length === 0 ? 'done' : 'failed',
  })
  if (options.json) showJson(context, rotation)
  else {
    context.print(`${rotation.rotated} sealed anew with key ${box.keyId}`)
    for (const { problem } of rotation.failed) context.print(problem)
  }
  if (rotation.failed.length > 0)
    throw new CommandError(`${rotation.failed.length} credentials could not be opened`)
}
