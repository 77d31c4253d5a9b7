import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import type { DayWindow } from '../../job/streams'
import { accountAccess } from '../../ledger/accounts/account-access'
import { inWords } from '../../lib/durations'
import { type AccountComparison, differs } from '../../runs/accounts/compare-accounts'
import { isComparable } from '../../runs/accounts/compare-stream'
import { accountsNamed } from './accounts-named'
import type { CommandContext } from './context'
import { day, windowOf } from './days'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'
import { streamsNamed } from './streams-named'

interface CompareOptions extends ShowOptions {
  readonly from?: string
  readonly to?: string
  readonly accounts?: string
  readonly streams?: string
}

/** `compare`: reads a window once more from the vendor, writes nothing, and says which keys differ. */
export function addCompare(program: Command, context: CommandContext): void {
  withJson(program.command('compare'))
    .description('read days again from the vendor, and name keys that the tables lack or should not have')
    .argument('<job>', 'the id of a job')
    .option(
      '--from <day>',
      'the first day, in each account’s zone; not for jobs that list what is there now',
      day,
    )
    .option('--to <day>', 'the last day', day)
    .option('--accounts <names>', 'only these: client ids, external ids or account ids, with commas between')
    .option('--streams <names>', 'only these streams, with commas between')
    .action(async (id: string, options: CompareOptions) => {
      const { json } = options
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      const job = knownJob(config, id)
      const streams = comparable(job, streamsNamed(job, options.streams), options.streams !== undefined)
      const ids =
        options.accounts === undefined ? undefined : await accountsNamed(database, job, options.accounts)
      const request = {
        job,
        streams: streams.compared,
        days: daysOf(job, streams.compared, options),
        accounts: await accountAccess(database, { job: job.id, ...(ids ? { ids } : {}) }),
        waiting: (error: Error, milliseconds: number) => {
          if (!json) context.print(`waiting ${inWords(milliseconds)}: ${error.message}`)
        },
      }
      if (!json)
        for (const name of streams.left) context.print(`${name}: cannot be selected by days, left out`)
      const { compareWithVendor } = await context.load.comparison()
      const all: AccountComparison[] = []
      for await (const comparison of compareWithVendor(config, database, request, context.signal)) {
        all.push(comparison)
        if (!json) for (const line of linesOf(job, comparison)) context.print(line)
      }
      if (json) showJson(context, all)
      const different = all.filter(differs).length
      if (different > 0) throw new CommandError(`${different} of ${all.length} accounts differ`)
    })
}

/** A stream that a person asked for by name and that cannot be compared is wrong usage; of all streams it is left out. */
function comparable(
  job: Job,
  names: readonly string[],
  areNamed: boolean,
): { readonly compared: string[]; readonly left: string[] } {
  const isFit = (name: string): boolean => {
    const stream = job.streams[name]
    return stream !== undefined && isComparable(stream)
  }
  const [compared, left] = [names.filter(isFit), names.filter((name) => !isFit(name))]
  if (compared.length === 0 || (areNamed && left.length > 0))
    throw new UsageError(`${job.id}: the vendor cannot be asked for ${left.join(', ')} by days`)
  return { compared, left }
}

function daysOf(job: Job, streams: readonly string[], { from, to }: CompareOptions): DayWindow | undefined {
  const isDated = streams.some((name) => job.streams[name]?.kind !== 'snapshot')
  if (from !== undefined && to !== undefined) return windowOf(from, to)
  if (isDated || from !== undefined || to !== undefined)
    throw new UsageError(`${job.id}: give both --from and --to`)
  return undefined
}

function linesOf(job: Job, { client, externalId, streams, error }: AccountComparison): string[] {
  const name = `${client}/${job.id}/${externalId}`
  if (error) return [`${name}: could not be read (${error.code}: ${error.message})`]
  return streams.flatMap((of) => {
    const counts = `vendor ${of.vendor}, held ${of.held}, missing ${of.missing}, surplus ${of.surplus}`
    const rejected = of.rejected > 0 ? `, rejected ${of.rejected}` : ''
    return [
      `${name} ${of.stream}: ${of.missing + of.surplus === 0 ? 'equal' : 'differs'} (${counts}${rejected})`,
      ...keyLines('missing', of.missingKeys, of.missing),
      ...keyLines('surplus', of.surplusKeys, of.surplus),
    ]
  })
}

function keyLines(what: string, keys: readonly string[], count: number): string[] {
  const more = count > keys.length ? [`  ${what} and ${count - keys.length} more`] : []
  return [...keys.map((key) => `  ${what} ${key}`), ...more]
}
