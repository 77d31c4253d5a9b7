import { setMaxListeners } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Passwords } from '../src/dashboard/passwords'
import type { Database } from '../src/ledger/postgres/database'
import { seedUsers } from '../src/ledger/users'
import { seconds } from '../src/lib/durations'
import { only, type Sql } from '../src/lib/sql'
import { wait } from '../src/lib/wait'
import { Fleet } from '../test/support/fleet'
import type { Bench, BenchContext } from './bench'
import { cpuOf, cpuOfServer, parentOf } from './cpu-time'
import { type Figure, figureOf, isMet, quantile } from './measure'
import { PageVisitor } from './page-visitor'
import { fillHistory } from './pages-history'

const history = { clients: 300, days: 400 }
const password = 'the password of the bench'
/** Longer ago the fleet page is computed anew. */
const stale = seconds(31)
const viewers = 20
const looksEvery = seconds(5)
const watched = seconds(60)

/** What every page costs over a long history, and what many viewers of the fleet page cost. */
export const pages: Bench = {
  name: 'pages',
  title: `Pages of the dashboard over ${history.days} days of ${history.clients} clients and nine jobs`,
  rounds: 20,
  async run(context) {
    process.env['TEST_REDIS_URL'] = context.redisUrl
    process.env['TEST_DATABASE_URL'] = context.databaseUrl
    await using fleet = await Fleet.open([])
    await fillHistory(fleet.database, history)
    const figures = await measurePages(fleet, context)
    await writeFile(join(__dirname, 'results', 'pages.md'), markdownOf(figures, await sizeOf(fleet.database)))
    return figures
  },
}

/** Of a fleet whose ledger is filled. */
export async function measurePages(fleet: Fleet, { rounds, signal }: BenchContext): Promise<Figure[]> {
  const passwords = new Passwords()
  const users = [{ name: 'bench', role: 'admin', password }] as const
  await seedUsers(fleet.database, users, async (text) => passwords.hash(text))
  const { spawned, port } = await fleet.spawn('dashboard')
  await spawned.logged('dashboard started')
  const url = `http://127.0.0.1:${port}`
  const visitor = await PageVisitor.logIn(url, 'bench', password)
  const figures: Figure[] = []
  for (const { name, paths, pause = 0 } of await pagesOf(fleet.database, rounds)) {
    const samples: number[] = []
    // Nobody has looked since the history was written, so the first visit also reads what is on disk only.
    figures.push(figureOf(`${name}, first visit`, 'ms', [await visitor.visit(paths[0] ?? '/')]))
    for (const path of paths) {
      await wait(pause, signal)
      samples.push(await visitor.visit(path))
    }
    figures.push(figureOf(name, 'ms', samples, { atMost: 300 }))
    figures.push(figureOf(`${name}, 95th percentile`, 'ms', [quantile(samples, 0.95)], { atMost: 300 }))
  }
  return [...figures, ...(await watch(fleet.database, spawned.pid, url, signal))]
}

interface MeasuredPage {
  readonly name: string
  /** One for each visit: each time another subject, so that none is there already. */
  readonly paths: readonly string[]
  /** Milliseconds before each visit. */
  readonly pause?: number
}

async function pagesOf(sql: Sql, rounds: number): Promise<MeasuredPage[]> {
  const { runs, syncs, accounts } = only(
    await sql.query<Record<'runs' | 'syncs' | 'accounts', string>>(
      'select (select max(id) from runs) as runs, (select max(id) from syncs) as syncs, (select max(id) from accounts) as accounts',
    ),
  )
  const each = (pathOf: (share: number) => string) =>
    Array.from({ length: rounds }, (_, round) => pathOf(1 - round / rounds))
  const same = (path: string) => each(() => path)
  const numbered = (folder: string, highest: string) =>
    each((share) => `/${folder}/${Math.max(1, Math.floor(Number(highest) * share))}`)
  const searched = (name: string, text: string): MeasuredPage => ({
    name: `search, ${name}`,
    paths: same(`/search?q=${encodeURIComponent(text)}`),
  })
  const jobs = ['ctm', 'salesforce', 'google-ads', 'ads-creatives', 'cdk']
  return [
    { name: 'fleet', paths: same('/') },
    { name: 'fleet, computed anew', paths: same('/').slice(0, 5), pause: stale },
    { name: 'job', paths: each((share) => `/jobs/${jobs[Math.floor(share * 100) % jobs.length]}`) },
    { name: 'run', paths: numbered('runs', runs) },
    { name: 'sync', paths: numbered('syncs', syncs) },
    { name: 'account', paths: numbered('accounts', accounts) },
    { name: 'client', paths: each((share) => `/clients/client-${Math.ceil(share * history.clients)}`) },
    { name: 'dead letters', paths: same('/dead-letters') },
    { name: 'rejected records', paths: same('/rejected') },
    {
      name: 'rejected records of an account',
      paths: each((share) => `/rejected?account=${Math.ceil(share * 2000)}`),
    },
    { name: 'audit', paths: same('/audit') },
    { name: 'audit, by actor and text', paths: same('/audit?actor=ben&text=client') },
    { name: 'audit, a text that nothing has', paths: same('/audit?text=nowhere') },
    { name: 'users', paths: same('/users') },
    searched('a part of a name', 'river'),
    searched('an account of a vendor', '7000123'),
    searched('a run', runs),
    searched('words of an error', 'upstream 17 is away'),
    searched('words that nothing has', 'nowhere to be found'),
    searched('a time', 'yesterday 06:00'),
  ]
}

/** The fleet page with many viewers, while syncs settle as often as this fleet's do. Percent of a core. */
async function watch(database: Database, pid: number, url: string, signal: AbortSignal): Promise<Figure[]> {
  const { server } = only(await database.query<{ server: number }>('select pg_backend_pid() as server'))
  const postgres = await parentOf(server)
  // Every viewer waits with it.
  setMaxListeners(viewers + 10, signal)
  const visitors: PageVisitor[] = []
  for (let count = 0; count < viewers; count += 1)
    visitors.push(await PageVisitor.logIn(url, 'bench', password))
  await wait(looksEvery, signal)
  const before = [await cpuOf(pid), await cpuOfServer(postgres)] as const
  const until = performance.now() + watched
  const sizes: number[] = []
  const look = async (visitor: PageVisitor, place: number) => {
    await wait((place * looksEvery) / viewers, signal)
    while (performance.now() < until) {
      sizes.push(await visitor.look('/'))
      await wait(looksEvery, signal)
    }
  }
  const settle = async () => {
    for (; performance.now() < until; await wait(seconds(2), signal))
      await database.query(
        `update syncs set settled_at = clock_timestamp()
         where id = (select max(id) - (random() * 1000)::int from syncs) and state = 'ok'`,
      )
  }
  await Promise.all([...visitors.map(look), settle()])
  const share = (used: number) => (used / (watched / seconds(1))) * 100
  const dashboard = share((await cpuOf(pid)) - before[0])
  const ledger = share((await cpuOfServer(postgres)) - before[1])
  const named = `${viewers} viewers of the fleet page`
  return [
    figureOf(`${named}: the dashboard's process`, '% of a core', [dashboard], { atMost: 5 }),
    figureOf(`${named}: Postgres`, '% of a core', [ledger], { atMost: 5 }),
    figureOf(`${named}: answers that had changed`, '%', [
      (sizes.filter((size) => size > 0).length / sizes.length) * 100,
    ]),
  ]
}

async function sizeOf(sql: Sql): Promise<string> {
  const { syncs, size } = only(
    await sql.query<{ syncs: number; size: string }>(
      'select (select count(*)::int from syncs) as syncs, pg_size_pretty(pg_database_size(current_database())) as size',
    ),
  )
  return `${syncs.toLocaleString('en-US')} syncs, ${size}`
}

const markdownOf = (figures: readonly Figure[], size: string): string =>
  `# What the dashboard's pages cost

Made by \`npm run bench -- pages\` on ${new Date().toISOString().slice(0, 10)}: the real process over HTTP with a login, on a ledger with ${history.days} days of ${history.clients} clients and nine jobs by their schedules (${size}), everything on one machine. Each visit asks for another run, sync, account or client. Every number is in \`pages.json\`.

| what | median | target | |
| --- | ---: | ---: | --- |
${figures
  .map((figure) => {
    const most = figure.target && 'atMost' in figure.target ? `${figure.target.atMost} ${figure.unit}` : ''
    const verdict = { true: 'ok', false: 'MISSED', undefined: '' }[String(isMet(figure))] ?? ''
    return `| ${figure.name} | ${Number(figure.median.toPrecision(3))} ${figure.unit} | ${most} | ${verdict} |`
  })
  .join('\n')}
`
