import type { Request } from 'express'
import { z } from 'zod'
import { postgresTime } from '../../ledger/postgres/time'
import { isAtLeast } from '../../ledger/users'
import {
  type DeadLetterGroup,
  deadLetterGroups,
  type DeadLetterQuery,
  listDeadLetters,
} from '../../ledger/work/dead-letters'
import type { Context, Route } from '../context'
import { html, type Html, type HtmlValue } from '../html'
import { sendPage } from '../layout'
import { deadLettersPage } from '../links'
import { userOf } from '../session'
import { actsOnAll, actsOnTicked, type LettersShown } from './dead-letter-acts'
import { groupRow, letterRow, patternOf } from './dead-letter-rows'
import { jobFilter } from './job-filter'
import { table } from './table'

/** Dead letters that a page lists one by one; the rest is counted. */
const listedAtMost = 100

/** Failed syncs by what went wrong; one kind with its syncs where a signature is named. */
export const deadLetters: Route = (ctx) => async (req, res) => {
  const query = queryOf(req)
  const [now, groups] = await Promise.all([postgresTime(ctx.database), deadLetterGroups(ctx.database, query)])
  const mayAct = isAtLeast(userOf(res).role, 'operator')
  const look = { query, groups, now, mayAct }
  const main = query.signature === undefined ? kinds(ctx, look) : await oneKind(ctx, look)
  await sendPage(ctx, req, res, { title: 'Dead letters', main })
}

interface Look {
  readonly query: DeadLetterQuery
  readonly groups: readonly DeadLetterGroup[]
  readonly now: Date
  readonly mayAct: boolean
}

function kinds(ctx: Context, { query, groups, now, mayAct }: Look): Html {
  const { job, discarded = false } = query
  const count = countOf(groups)
  const shown: LettersShown = {
    job,
    inWords: `${count} dead letters${job === undefined ? '' : ` of ${job}`}`,
  }
  return html`<main>
    <h1>Dead letters</h1>
    <form class="filters">
      ${jobFilter(ctx.jobs, job)}
      <label>
        Shown
        <select name="discarded">
          <option value="">those to be dealt with</option>
          <option value="1" ${discarded && 'selected'}>those that were discarded</option>
        </select>
      </label>
      <button class="quiet">Show</button>
    </form>
    ${mayAct && !discarded && count > 0 && html`<div class="acts">${actsOnAll(shown)}</div>`}
    <section id="kinds" data-live>
      ${
        groups.length === 0
          ? html`<p>
              There are no ${discarded && 'discarded '}dead letters${job !== undefined && ` of ${job}`}.
            </p>`
          : table(
              ['What went wrong', 'Job', 'Dead letters', 'First seen', 'Last seen'],
              groups.map((group) => groupRow(group, now, discarded ? '1' : undefined)),
            )
      }
    </section>
  </main>`
}

async function oneKind(ctx: Context, { query, groups, now, mayAct }: Look): Promise<Html> {
  const { job, signature, discarded = false } = query
  const letters = await listDeadLetters(ctx.database, { ...query, limit: listedAtMost })
  const count = countOf(groups)
  const shown: LettersShown = { job, signature, inWords: `the ${count} dead letters of this kind` }
  const [group] = groups
  return html`<main>
    <p class="trail"><a href="${deadLettersPage({ job })}">Dead letters</a></p>
    <h1>${group ? patternOf(group) || group.errorCode : 'No dead letters of this kind'}</h1>
    ${group ? facts(groups, now) : html`<p>They were retried or discarded, or are of another job.</p>`}
    ${
      mayAct &&
      count > 0 &&
      html`<div class="acts">${!discarded && actsOnAll(shown)} ${actsOnTicked(shown)}</div>`
    }
    ${
      letters.length > 0 &&
      table(
        ['Sync', 'Account', 'Failed', 'Message'],
        letters.map((letter) => letterRow(letter, now, mayAct)),
      )
    }
    ${count > letters.length && html`<p>The latest ${letters.length} of ${count} are listed.</p>`}
  </main>`
}

/** The same signature may have met several jobs. */
const facts = (groups: readonly DeadLetterGroup[], now: Date): HtmlValue =>
  table(
    ['What went wrong', 'Job', 'Dead letters', 'First seen', 'Last seen'],
    groups.map((group) => groupRow(group, now, undefined)),
  )

const countOf = (groups: readonly DeadLetterGroup[]): number =>
  groups.reduce((sum, { syncs }) => sum + syncs, 0)

const given = z
  .string()
  .max(200)
  .optional()
  .catch(undefined)
  .transform((text) => text || undefined)
const Query = z.object({ job: given, signature: given, discarded: given })

function queryOf(req: Request): DeadLetterQuery {
  const { job, signature, discarded } = Query.parse(req.query)
  return {
    ...(job === undefined ? {} : { job }),
    ...(signature === undefined ? {} : { signature }),
    discarded: discarded !== undefined,
  }
}
