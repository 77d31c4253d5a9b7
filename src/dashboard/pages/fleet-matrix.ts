import { type AccountStanding, accountStandings } from '../../ledger/views/account-states'
import type { MatrixCell } from '../../ledger/views/fleet-matrix'
import { html, type Html } from '../html'
import { accountPage, clientPage, jobPage } from '../links'
import { age } from '../times'
import type { FleetData } from './fleet-data'

/** Standings of accounts that need nobody's look. */
const calm: ReadonlySet<AccountStanding> = new Set(['fresh', 'off', 'disabled'])

export const isTroubled = ({ standing }: MatrixCell): boolean => !calm.has(standing)

/** How bad a cell is: 0 is worst, and of two alike the one that is older. */
export const worstFirst = (a: MatrixCell, b: MatrixCell): number =>
  accountStandings.indexOf(a.standing) - accountStandings.indexOf(b.standing) || timeOf(a) - timeOf(b)

const timeOf = ({ syncedAt }: MatrixCell): number => syncedAt?.getTime() ?? 0

/** All clients by all jobs, the worst first: of each account how it stands, and how old its data is. */
export function matrixSection({ jobs, matrix, now }: FleetData): Html {
  const byClient = grouped(matrix.cells, ({ client }) => client)
  const rows = matrix.clients
    .map((client) => ({ ...client, cells: (byClient.get(client.id) ?? []).toSorted(worstFirst) }))
    .toSorted((a, b) => compareRows(a.cells, b.cells))
  const columns = jobs.map(({ job }) => job).toSorted((a, b) => a.title.localeCompare(b.title, 'en'))
  return html`<div
    id="matrix"
    class="wide"
    tabindex="0"
    role="region"
    aria-label="Clients and jobs"
    data-live
  >
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">Client</th>
          ${columns.map(({ id, title }) => html`<th scope="col"><a href="${jobPage(id)}">${title}</a></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ id, name, cells }) => {
          const byJob = grouped(cells, ({ job }) => job)
          const link = html`<a href="${clientPage(id)}">${name}</a>`
          return html`<tr data-filtered>
            <th scope="row">${link}</th>
            ${columns.map((job) => html`<td>${byJob.get(job.id)?.map((cell) => cellLink(cell, now))}</td>`)}
          </tr>`
        })}
      </tbody>
    </table>
  </div>`
}

function grouped(
  cells: readonly MatrixCell[],
  keyOf: (cell: MatrixCell) => string,
): Map<string, MatrixCell[]> {
  const groups = new Map<string, MatrixCell[]>()
  for (const cell of cells) {
    const group = groups.get(keyOf(cell))
    if (group) group.push(cell)
    else groups.set(keyOf(cell), [cell])
  }
  return groups
}

/** By their worst accounts, who has more of them first. Clients that are well stay in their order: rows do not wander about. */
function compareRows(a: readonly MatrixCell[], b: readonly MatrixCell[]): number {
  const troubles = b.filter(isTroubled).length - a.filter(isTroubled).length
  const [worstOfA, worstOfB] = [a[0], b[0]]
  if (!worstOfA || !worstOfB) return (worstOfA ? 0 : 1) - (worstOfB ? 0 : 1)
  const standing = accountStandings.indexOf(worstOfA.standing) - accountStandings.indexOf(worstOfB.standing)
  return standing || troubles || (isTroubled(worstOfA) ? timeOf(worstOfA) - timeOf(worstOfB) : 0)
}

function cellLink(cell: MatrixCell, now: Date): Html {
  const { standing, id, syncedAt, reason } = cell
  const old = syncedAt ? age(syncedAt, now) : standing === 'late' && 'never synced'
  const word = standing === 'fresh' || (standing === 'late' && !syncedAt) ? false : `${standing} `
  const title = reason && html`title="${reason}"`
  return html`<a class="state state-${standing}" href="${accountPage(id)}" ${title}>${word}${old}</a>`
}
