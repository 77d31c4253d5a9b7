import { Option, type Command } from 'commander'
import { outcomes, ways, type Act } from '../../ledger/audit'
import { exportAudit, searchAudit, type AuditQuery, type AuditRow } from '../../ledger/audit-search'
import { auditCsvHead, auditCsvLine, auditJsonLine, changesInWords } from '../../ledger/audit-words'
import { postgresTime } from '../../ledger/postgres/time'
import { instantForms, readInstant } from '../../lib/read-instant'
import type { CommandContext } from './context'
import { positive } from './numbers'
import { UsageError } from './outcome'
import { showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<AuditRow>[] = [
  ['when', ({ at }) => at],
  ['who', ({ actor }) => actor],
  ['via', ({ via, origin }) => (origin === null ? via : `${via} (${origin})`)],
  ['what', ({ action }) => action],
  ['done to', ({ subject }) => subject],
  ['outcome', ({ outcome }) => outcome],
  ['why', ({ reason }) => reason],
  ['changed', changed],
]

interface AuditOptions extends ShowOptions {
  readonly actor?: string
  readonly action?: string
  readonly subject?: string
  readonly outcome?: Act['outcome']
  readonly via?: Act['via']
  readonly text?: string
  readonly from?: string
  readonly to?: string
  readonly limit: number
  readonly csv?: true
  readonly jsonl?: true
}

/** `audit` */
export function addAudit(program: Command, context: CommandContext): void {
  withJson(program.command('audit'))
    .description('who did or wanted to do what, from where, why, and what it changed; latest first')
    .option('--actor <name>', 'only what this one did')
    .option('--action <phrase>', 'only this, as the column “what” has it')
    .option('--subject <thing>', 'only what was done to this: "job ctm"')
    .addOption(new Option('--outcome <outcome>', 'only what came to this').choices(outcomes))
    .addOption(new Option('--via <way>', 'only what came this way').choices(ways))
    .option('--text <words>', 'only what has all these words, or such that begin like them')
    .option('--from <instant>', 'this instant and later, in UTC unless it names an offset')
    .option('--to <instant>', 'before this instant')
    .option('--limit <count>', 'how many rows of the table', positive, 50)
    .addOption(
      new Option(
        '--csv',
        'all that fits as CSV; cells that spreadsheets would carry out begin with an apostrophe',
      ).conflicts(['jsonl', 'json']),
    )
    .addOption(new Option('--jsonl', 'all that fits, a JSON object a line').conflicts('json'))
    .action(async (options: AuditOptions) => {
      await using ledger = await context.openLedger()
      const { database } = ledger
      const query = queryOf(options, await postgresTime(database))
      if (options.csv) await printAll(context, exportAudit(database, query), auditCsvLine, auditCsvHead())
      else if (options.jsonl) await printAll(context, exportAudit(database, query), auditJsonLine)
      else
        showRows(context, options, await searchAudit(database, { ...query, limit: options.limit }), columns)
    })
}

function queryOf(options: AuditOptions, now: Date): AuditQuery {
  const { actor, action, subject, outcome, via, text, from, to } = options
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(outcome !== undefined && { outcome }),
    ...(via !== undefined && { via }),
    ...(text !== undefined && { text }),
    ...(from !== undefined && { from: instantOf(from, now) }),
    ...(to !== undefined && { to: instantOf(to, now) }),
  }
}

function instantOf(text: string, now: Date): Date {
  const read = readInstant(/^[\d-]+$/.test(text) ? `${text} 00:00` : text, 'UTC', now)
  if (read && read.kind !== 'fold') return read.instant
  throw new UsageError(`"${text}" is no instant: expected ${instantForms}, or a day`)
}

async function printAll(
  context: CommandContext,
  rows: AsyncIterable<AuditRow>,
  line: (row: AuditRow) => string,
  head?: string,
): Promise<void> {
  if (head !== undefined) context.print(withoutEnd(head))
  for await (const row of rows) {
    context.signal.throwIfAborted()
    context.print(withoutEnd(line(row)))
  }
}

const withoutEnd = (line: string): string => line.replace(/\r?\n$/, '')

/** As much of it as a line of a table bears; the exports have all of it. */
function changed(row: AuditRow): string {
  const words = changesInWords(row).join('; ')
  return words.length > 120 ? `${words.slice(0, 119)}…` : words
}
