import { freezeWorld, slotsUntil, untilQuiet } from './ordeal'
import type { Fleet, FleetAccount, FleetCommand } from './fleet'
import type { LogLine, Spawned } from './spawned'
import { until } from './until'
import { strayPages } from './watch-pages'

/** First loads of several pages, so that an outage finds syncs in the middle of them. */
export const accounts: readonly FleetAccount[] = [
  { id: 1, timezone: 'America/New_York', history: 900, every: 700 },
  { id: 2, timezone: 'America/Chicago', history: 600, every: 1100 },
  { id: 3, timezone: 'Pacific/Honolulu', history: 400, every: 900 },
]

/** One process of a fleet in trouble, and where it answers. */
export interface Watched {
  readonly spawned: Spawned
  readonly url: string
}

/** A scheduler, a worker and a dashboard that have started. `env` leads them to their servers. */
export async function startWatched(fleet: Fleet, env: Readonly<Record<string, string>>): Promise<Watched[]> {
  const commands: readonly FleetCommand[] = ['scheduler', 'worker', 'dashboard']
  return Promise.all(
    commands.map(async (command) => {
      const { spawned, port } = await fleet.spawn(command, env)
      await spawned.logged(`${command} started`)
      return { spawned, url: `http://127.0.0.1:${port}` }
    }),
  )
}

export const statusOf = async ({ url }: Watched, path: string): Promise<number> => {
  const answer = await fetch(`${url}${path}`, { redirect: 'manual' })
  await answer.arrayBuffer()
  return answer.status
}

/** All accounts are read anew from their beginning, and have pages to write. */
export async function untilBusy(fleet: Fleet): Promise<void> {
  await fleet.database.query('update stream_states set cursor = null, position = null')
  await until('a sync is in the middle of its pages', async () => {
    const { rowCount } = await fleet.database.query(
      "select 1 from syncs where state = 'running' and pages > 0",
    )
    return rowCount > 0
  })
}

export interface Outage {
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
  /** Processes that notice it: those that use the store at all times. Default all. */
  readonly noticed?: (watched: Watched) => boolean
  /** How often each of them must have said that it is not ready, before the outage may end. Default 20. */
  readonly looks?: number
  /** How often all of them together have tried to connect; where it is known, the outage lasts for fifty tries. */
  readonly tries?: () => number
}

/** Lines that tell of trouble or of its end, by process and message. */
export type Told = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * Puts a busy fleet through an outage: every process must say that it is not ready, stay alive, and be ready again afterwards,
 * and a run must begin and end well. Returns what was logged about it.
 */
export async function goThrough(fleet: Fleet, processes: readonly Watched[], outage: Outage): Promise<Told> {
  const { noticed = () => true, looks = 20, tries = () => Infinity } = outage
  await untilBusy(fleet)
  const marks = processes.map(({ spawned }) => spawned.lines.length)
  await outage.begin()
  await Promise.all(processes.filter(noticed).map(async (watched) => untilUnready(watched, looks)))
  await until('they have tried again and again', async () => tries() >= 50)
  for (const watched of processes) {
    if ((await statusOf(watched, '/healthz')) !== 200)
      throw new Error(`${watched.spawned.command} is not alive`)
  }
  await outage.end()
  await Promise.all(
    processes.map(async (watched) =>
      until(
        `${watched.spawned.command} is ready again`,
        async () => (await statusOf(watched, '/readyz')) === 200,
      ),
    ),
  )
  await untilWorkGoesOn(fleet)
  // A connection that nothing has gone through since has not noticed yet that its store is back.
  for (const { spawned } of processes)
    await until(`${spawned.command} says of each connection that it is back`, async () => isTold(spawned))
  return Object.fromEntries(
    processes.map(({ spawned }, index) => [spawned.command, told(spawned.lines.slice(marks[index]))]),
  )
}

const isTold = ({ lines }: Spawned): boolean =>
  ['redis', 'postgres'].every((store) => {
    const count = (word: string) => lines.filter(({ message }) => message === `${store} ${word}`).length
    return count('back') === count('lost')
  })

async function untilUnready(watched: Watched, looks: number): Promise<void> {
  let seen = 0
  await until(`${watched.spawned.command} says ${looks} times that it is not ready`, async () => {
    if ((await statusOf(watched, '/readyz')) === 503) seen += 1
    return seen >= looks
  })
}

/** Every account is read to its end by a sync that began after this moment. */
async function untilWorkGoesOn(fleet: Fleet): Promise<void> {
  const { rows } = await fleet.database.query<{ now: Date }>('select clock_timestamp() as now')
  await until('every account is read again', async () => {
    const { rowCount } = await fleet.database.query(
      `select 1 from accounts a where not exists (
         select 1 from syncs s where s.account_id = a.id and s.state = 'ok' and s.settled_at > $1)`,
      [rows[0]?.now],
    )
    return rowCount === 0
  })
}

const endings = ['postgres back', 'redis back', 'check passes again', 'watchdog step works again']

/** What became of slots and attempts meanwhile is told one by one, and only where the outage outlasted a lock or a tick. */
export const ofWork = ['slot settled by the leader', 'catch-up started', 'attempt lost']

function told(lines: readonly LogLine[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { message, level, errorMessage } of lines) {
    const isTrouble = level === 'warn' || level === 'error' || endings.includes(message)
    if (!isTrouble || ofWork.includes(message)) continue
    const line = message === 'queue trouble' ? `${message}: ${String(errorMessage)}` : message
    counts[line] = (counts[line] ?? 0) + 1
  }
  return counts
}

/** What a process says of an outage: once for each of its connections to the store, and once for its readiness. */
export const linesOfAnOutage = (store: 'postgres' | 'redis', connections = 1): Record<string, number> => ({
  [`${store} lost`]: connections,
  [`${store} back`]: connections,
  'check fails': 1,
  'check passes again': 1,
})

/** What the ledger says that outages did, and the difference between copies and vendor; all of it should be empty. */
export async function damage(fleet: Fleet): Promise<object> {
  const end = await freezeWorld(fleet)
  await untilQuiet(fleet, end)
  const slots = await slotsUntil(fleet, end)
  const rows = async (query: string) => (await fleet.database.query(query)).rows
  return {
    slots: slots.filter(
      ({ dueAt, expected, states }) =>
        states.includes('due') || JSON.stringify(dueAt) !== JSON.stringify(expected),
    ),
    strays: (await strayPages(fleet.database)).strays,
    differences: (await Promise.all(accounts.map(async ({ id }) => fleet.differences(id)))).flat(),
    syncs: await rows(
      `select id, state, reason, failures, crashes, error_message from syncs
       where state = 'failed' or failures > 0 or crashes > 0`,
    ),
    attempts: await rows(
      `select sync_id, number, outcome, error_message from attempts where outcome in ('failed', 'crashed')`,
    ),
    runs: await rows(`select id, state from runs where state in ('failed', 'partial')`),
  }
}

/** As `damage` returns it where there was none. */
export const unharmed = { slots: [], strays: [], differences: [], syncs: [], attempts: [], runs: [] }
