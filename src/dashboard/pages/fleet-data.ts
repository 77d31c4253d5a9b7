import type { Job } from '../../job/define-job'
import { openPauses, type Pause } from '../../ledger/control/pauses'
import { type FleetProcess, fleetProcesses } from '../../ledger/fleet-processes'
import { type Freshness, jobFacts, type JobView } from '../../ledger/fleet-view'
import { postgresTime } from '../../ledger/postgres/time'
import { fleetMatrix, type FleetMatrix, type MatrixCell } from '../../ledger/views/fleet-matrix'
import { type FleetTotals, fleetTotals } from '../../ledger/views/fleet-totals'
import { type LiveJob, liveJobs } from '../../runs/control/live-jobs'
import type { Context } from '../context'
import { standingOf, standings, type Standing } from './fleet-standing'

/** A job in the fleet, and how it stands. */
export interface FleetJob {
  readonly job: LiveJob
  readonly view: JobView
  readonly standing: Standing
}

/** All that the fleet page tells. */
export interface FleetData {
  /** Postgres' clock. */
  readonly now: Date
  /** What needs a look first. */
  readonly jobs: readonly FleetJob[]
  readonly matrix: FleetMatrix
  readonly totals: FleetTotals
  readonly pauses: readonly Pause[]
  readonly processes: readonly FleetProcess[]
}

/** The one under way and the one before it. */
const runsShown = 2

/** Asks the ledger for everything at once: a handful of queries, whatever the size of the fleet. */
export async function fleetData({ database, jobs: declared }: Context): Promise<FleetData> {
  const jobs = await liveJobs(database, declared)
  const questions = jobs.map(({ id, freshness, effective }) => ({ id, freshness, mode: effective.mode }))
  const ids = questions.map(({ id }) => id)
  const [now, facts, matrix, totals, pauses, processes] = await Promise.all([
    postgresTime(database),
    jobFacts(database, ids, runsShown),
    fleetMatrix(database, questions),
    fleetTotals(database),
    openPauses(database),
    fleetProcesses(database),
  ])
  const names = new Map(matrix.clients.map(({ id, name }) => [id, name]))
  const rows = jobs
    .flatMap((job) => {
      const fact = facts.get(job.id)
      if (!fact) return []
      const cells = matrix.cells.filter((cell) => cell.job === job.id)
      const view = { ...fact, freshness: freshnessOf(job, cells, names, now) }
      return [{ job, view, standing: standingOf(job, view) }]
    })
    .toSorted((a, b) => standings.indexOf(a.standing) - standings.indexOf(b.standing))
  return { now, jobs: rows, matrix, totals, pauses, processes }
}

function freshnessOf(
  { freshness }: Job,
  cells: readonly MatrixCell[],
  names: ReadonlyMap<string, string>,
  now: Date,
): Freshness {
  const enabled = cells.filter(({ standing }) => standing !== 'disabled')
  const isFresh = ({ syncedAt }: MatrixCell) =>
    syncedAt !== null && now.getTime() - syncedAt.getTime() < freshness
  const oldest = enabled.reduce<MatrixCell | undefined>(
    (found, cell) => (found && timeOf(found) <= timeOf(cell) ? found : cell),
    undefined,
  )
  return {
    accounts: enabled.length,
    fresh: enabled.filter(isFresh).length,
    oldest: oldest
      ? {
          client: names.get(oldest.client) ?? oldest.client,
          account: oldest.externalId,
          syncedAt: oldest.syncedAt,
        }
      : null,
  }
}

const timeOf = ({ syncedAt }: MatrixCell): number => syncedAt?.getTime() ?? 0
