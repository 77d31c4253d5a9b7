import type { RunTotals } from '../../ledger/work/runs'

/** What a person wants to know of a fleet that has just started. */
export interface StartFacts {
  readonly seconds: number
  readonly dashboard: string
  /** Undefined where the dashboard's users are not ours. */
  readonly password: string | undefined
  readonly workers: number
  readonly postgres: { readonly origin: string; readonly url: string }
  readonly redis: { readonly origin: string; readonly port: number } | undefined
  readonly sandbox: string | undefined
  readonly schema: string
  readonly dataFolder: string
}

/** The start screen: where to look, how to get in, what to try. */
export function startScreen(facts: StartFacts): string {
  const rows: [string, string][] = [
    ['Dashboard', facts.dashboard],
    ...(facts.password === undefined
      ? [['', `log in as a user of schema ${facts.schema}`] as [string, string]]
      : [['', `user admin, password ${facts.password}`] as [string, string]]),
    ['Processes', `1 scheduler, ${facts.workers} workers, 1 dashboard`],
    ['Postgres', `${facts.postgres.origin}, schema ${facts.schema}`],
    ['', `psql '${facts.postgres.url}'`],
    ['Redis', facts.redis ? `${facts.redis.origin}, port ${facts.redis.port}` : 'yours, from REDIS_URL'],
    ['Vendors', facts.sandbox ? `simulated, ${facts.sandbox}` : 'the real ones: this schema is not a demo'],
    ['Data, logs', facts.dataFolder],
  ]
  return [
    '',
    `Syncfleet runs (started in ${facts.seconds.toFixed(1)} s).`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`),
    '',
    'Try next, in another terminal in this folder:',
    '  npx syncfleet jobs list        what runs when, and what has become of it',
    '  npx syncfleet jobs run ctm     one more run, now',
    '  npx syncfleet runs list        what ran',
    '',
    'Ctrl-C stops everything; the next npm start goes on from there. Runs as they finish:',
    '',
  ].join('\n')
}

/** One finished run on one line: when, which job, how it ended, what came of it. */
export function runLine(run: RunTotals): string {
  const settledAt = run.settledAt ?? run.startedAt
  const took = (settledAt.getTime() - run.startedAt.getTime()) / 1000
  const others = [
    [run.failed, 'failed'],
    [run.partial, 'partial'],
    [run.skipped, 'skipped'],
    [run.deferred, 'put off'],
    [run.cancelled, 'cancelled'],
    [run.superseded, 'superseded'],
  ] as const
  const accounts = [
    `${run.ok} of ${run.syncs} ${run.syncs === 1 ? 'account' : 'accounts'} ok`,
    ...others.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
  ]
  const rows = `${Number(run.rows).toLocaleString('en-US')} rows`
  const rejected = Number(run.rejected) > 0 ? `, ${run.rejected} records rejected` : ''
  return [
    settledAt.toTimeString().slice(0, 8),
    run.job.padEnd(13),
    run.state.padEnd(9),
    `${accounts.join(', ')};`,
    `${rows}${rejected}, ${took.toFixed(1)} s`,
  ].join('  ')
}
