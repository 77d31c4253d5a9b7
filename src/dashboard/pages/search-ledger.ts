import { readInstant } from '../../lib/read-instant'
import type { Job } from '../../job/define-job'
import {
  type FoundMoment,
  searchAccounts,
  searchClients,
  searchErrors,
  searchIncidents,
  searchMoment,
  searchRun,
  searchSync,
} from '../../ledger/views/search'
import type { Context } from '../context'

/** Shorter texts are in nearly every error. */
const shortestError = 3

/** All that was found of a text, by kind. What cannot be meant is empty. */
export async function searchLedger({ database, jobs }: Context, text: string, now: Date) {
  const number = /^(?:(run|sync|account)[- ]?)?#?(\d{1,18})$/i.exec(text)
  const [kind, id] = [number?.[1]?.toLowerCase(), number?.[2]]
  const isMeant = (wanted: string) => id !== undefined && (kind === undefined || kind === wanted)
  const [clients, accounts, runs, syncs, errors, incidents, moments] = await Promise.all([
    searchClients(database, text),
    searchAccounts(database, kind === 'account' && id !== undefined ? id : text),
    isMeant('run') ? searchRun(database, id ?? '') : [],
    isMeant('sync') ? searchSync(database, id ?? '') : [],
    text.length >= shortestError ? searchErrors(database, text) : [],
    text.length >= shortestError ? searchIncidents(database, text) : [],
    momentsOf({ database, jobs }, text, now),
  ])
  return { jobs: jobsNamed(jobs, text), clients, accounts, runs, syncs, errors, incidents, moments }
}

export type SearchResult = Awaited<ReturnType<typeof searchLedger>>

function jobsNamed(jobs: readonly Job[], text: string): Job[] {
  const wanted = text.toLowerCase()
  return jobs.filter(({ id, title }) => [id, title.toLowerCase()].some((name) => name.includes(wanted)))
}

/** The text as each job's clocks show it, and what there was then; undefined where it is no instant. */
async function momentsOf(
  { database, jobs }: Pick<Context, 'database' | 'jobs'>,
  text: string,
  now: Date,
): Promise<readonly (FoundMoment & { readonly instant: Date })[]> {
  const asked = jobs.flatMap(({ id, effective }) => {
    const read = readInstant(text, effective.timezone, now)
    const instant = read?.kind === 'fold' ? read.instants[0] : read?.instant
    return instant ? [{ job: id, instant }] : []
  })
  if (asked.length === 0) return []
  const found = await searchMoment(database, asked)
  return found.map((moment, index) => ({ ...moment, instant: asked[index]?.instant ?? now }))
}
