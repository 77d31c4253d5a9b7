import type { Command } from 'commander'
import type { Config } from '../../../config/config'
import { ConfigError } from '../../../config/config-error'
import { jobs } from '../../../jobs'
import { checkCredentials } from '../../ledger/accounts/check-credentials'
import type { Database } from '../../ledger/postgres/database'
import { isMigrated } from '../../ledger/migrate'
import { SecretBox } from '../../ledger/accounts/secret-box'
import { inWords, seconds } from '../../lib/durations'
import { only } from '../../lib/sql'
import { connect, onTrouble, ready, serversOf } from '../../queue/connection'
import { queuesAnswer } from '../../queue/queues'
import type { Logger } from '../../telemetry/logger'
import type { CommandContext } from './context'
import { CommandError } from './outcome'
import { showJson, showRows, withJson, type ShowOptions } from './show'

interface Finding {
  readonly check: string
  readonly isGood: boolean
  readonly detail: string
}

/** `check` */
export function addCheck(program: Command, context: CommandContext): void {
  withJson(program.command('check'))
    .description(
      'look for every mistake in the configuration, then try the connections and open the credentials',
    )
    .action(async (options: ShowOptions) => {
      const config = configOf(context, options)
      const findings = [
        { check: 'configuration', isGood: true, detail: config.environment },
        await find('redis', async () => checkRedis(config, context.signal)),
        ...(await checkLedger(context)),
      ]
      if (options.json) showJson(context, { ok: findings.every(({ isGood }) => isGood), checks: findings })
      else {
        showRows(context, options, findings, [
          ['check', ({ check }) => check],
          ['', ({ isGood }) => (isGood ? 'ok' : 'FAILED')],
          ['', ({ detail }) => detail],
        ])
      }
      const failed = findings.filter(({ isGood }) => !isGood).length
      if (failed > 0) throw new CommandError(`${failed} of ${findings.length} checks failed`)
    })
}

/** Programs get the mistakes one by one; people get them in the error's own words. */
function configOf(context: CommandContext, options: ShowOptions): Config {
  try {
    return context.config()
  } catch (error) {
    if (error instanceof ConfigError && options.json)
      showJson(context, { ok: false, mistakes: error.mistakes })
    throw error
  }
}

async function find(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, isGood: true, detail: await look() }
  } catch (error) {
    return { check, isGood: false, detail: messageOf(error) }
  }
}

/** A connection that was refused at several addresses has no message of its own. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (
    error.message || (error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error.name)
  )
}

async function checkLedger(context: CommandContext): Promise<Finding[]> {
  await using ledger = await context.openLedger('nothing')
  const { database, config } = ledger
  const postgres = await find('postgres', async () => versionOf(database))
  if (!postgres.isGood) return [postgres]
  const migrations = await find('migrations', async () => checkMigrations(database))
  if (!migrations.isGood) return [postgres, migrations]
  return [postgres, migrations, await find('credentials', async () => checkSecrets(database, config))]
}

async function versionOf(database: Database): Promise<string> {
  await database.check()
  return only(await database.query<{ server_version: string }>('show server_version')).server_version
}

async function checkMigrations(database: Database): Promise<string> {
  if (await isMigrated(database)) return `schema ${database.schema} is up to date`
  throw new Error(`schema ${database.schema} is not up to date: run \`syncfleet migrate\``)
}

async function checkSecrets(database: Database, config: Config): Promise<string> {
  const { checked, problems } = await checkCredentials(database, new SecretBox(config.encryptionKeys), jobs)
  if (problems.length === 0) return `${checked} open and are as their jobs declare them`
  throw new Error(problems.map(({ id, problem }) => `${id}: ${problem}`).join('; '))
}

const nothing = (): void => undefined
/** The findings say what is wrong with a connection. */
const silent: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing }

const patience = seconds(5)

/** The connection would try for ever; here its first trouble is the answer. */
async function checkRedis(config: Config, signal: AbortSignal): Promise<string> {
  const trouble = new AbortController()
  const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-check' }, silent)
  onTrouble(redis, (error) => trouble.abort(error))
  try {
    const late = AbortSignal.timeout(patience)
    late.addEventListener('abort', () => trouble.abort(new Error(`no answer within ${inWords(patience)}`)))
    await ready(redis, AbortSignal.any([signal, trouble.signal]))
    await queuesAnswer(redis, config.redis.prefix)
    // INFO, not CONFIG: a least-privilege user may not ask for the latter.
    for (const server of serversOf(redis)) {
      const policy = /^maxmemory_policy:(\S+)/m.exec(await server.info('memory'))?.[1]
      if (policy !== 'noeviction')
        throw new Error(`maxmemory-policy is ${policy}: expected noeviction, or queued work gets lost`)
    }
    return 'answers, and evicts nothing'
  } finally {
    redis.disconnect()
  }
}
