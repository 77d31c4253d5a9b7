import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import type { DayWindow } from '../../job/streams'
import { type Parity, parityOf } from '../../sink/parity'
import { shadowOf } from '../../sink/tables'
import { accountsNamed } from './accounts-named'
import type { CommandContext } from './context'
import { day, windowOf } from './days'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'
import { streamsNamed } from './streams-named'

interface ParityOptions extends ShowOptions {
  readonly against?: string
  readonly accounts?: string
  readonly streams?: string
  readonly from?: string
  readonly to?: string
}

/** `parity`: compares two copies of a job's tables, as before it goes live beside what it replaces. */
export function addParity(program: Command, context: CommandContext): void {
  withJson(program.command('parity'))
    .description(
      'compare a job’s tables with another copy of them: its shadow with live, or with another system’s',
    )
    .argument('<job>', 'the id of a job')
    .option(
      '--against <schema>',
      'a schema with tables or views of the same names; default: shadow with live',
    )
    .option('--accounts <names>', 'only these: client ids, external ids or account ids, with commas between')
    .option('--streams <names>', 'only these streams, with commas between')
    .option('--from <day>', 'only rows from this day on; goes with --to', day)
    .option('--to <day>', 'only rows up to this day', day)
    .action(async (id: string, options: ParityOptions) => {
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      const job = knownJob(config, id)
      const [here, there] = sidesOf(job, database.schema, options.against)
      const accountIds =
        options.accounts === undefined ? undefined : await accountsNamed(database, job, options.accounts)
      const question = {
        here,
        there,
        ...(accountIds ? { accountIds } : {}),
        ...daysOf(options),
      }
      const all: (Parity & { readonly stream: string })[] = []
      for (const name of streamsNamed(job, options.streams)) {
        const stream = job.streams[name]
        if (stream) all.push({ stream: name, ...(await parityOf(database, { stream, ...question })) })
      }
      if (options.json) showJson(context, { job: job.id, here, there, streams: all })
      else {
        context.print(`${job.id}: ${here} compared with ${there}`)
        for (const parity of all) for (const line of linesOf(parity)) context.print(line)
      }
      const unequal = all.filter((parity) => !isEqual(parity)).length
      if (unequal > 0) throw new CommandError(`${unequal} of ${all.length} streams differ`)
    })
}

/** Rows of some days only, where both ends were given; one alone is wrong usage. */
function daysOf({ from, to }: ParityOptions): { readonly days?: DayWindow } {
  if (from !== undefined && to !== undefined) return { days: windowOf(from, to) }
  if (from !== undefined || to !== undefined) throw new UsageError('give both --from and --to, or neither')
  return {}
}

/** What the job writes now, and what it is compared with. */
function sidesOf(job: Job, schema: string, against: string | undefined): readonly [string, string] {
  const shadow = shadowOf(schema)
  if (against === undefined) return [shadow, schema]
  return [job.effective.mode === 'shadow' ? shadow : schema, against]
}

const isEqual = ({ different, onlyHere, onlyThere }: Parity): boolean =>
  different + onlyHere + onlyThere === 0

function linesOf(parity: Parity & { readonly stream: string }): string[] {
  const { stream, here, there, same, different, onlyHere, onlyThere, columns, leftOut, examples } = parity
  const counts = `here ${here}, there ${there}, same ${same}, different ${different}, only here ${onlyHere}, only there ${onlyThere}`
  return [
    `${stream}: ${isEqual(parity) ? 'equal' : 'differs'} (${counts})`,
    ...(columns.length > 0
      ? [`  differs in ${columns.map(({ name, rows }) => `${name} (${rows})`).join(', ')}`]
      : []),
    ...examples.different.map((key) => `  different ${key}`),
    ...examples.onlyHere.map((key) => `  only here ${key}`),
    ...examples.onlyThere.map((key) => `  only there ${key}`),
    ...(leftOut.length > 0 ? [`  not compared, for the other side has none: ${leftOut.join(', ')}`] : []),
  ]
}
