import type { Pause } from '../ledger/control/pauses'
import type { Context } from './context'
import { html, type Html } from './html'
import { accountPage, clientPage, jobPage } from './links'
import { wallClock } from './times'

/** Named in the banner by themselves; of more it tells the number. */
const named = 4

/** Says on every page what is paused, and keeps itself up to date. */
export function pausesBanner({ jobs }: Context, pauses: readonly Pause[]): Html {
  const everything = pauses.find(({ scope }) => scope === 'everything')
  const others = pauses.filter(({ scope }) => scope !== 'everything')
  const words = [
    ...(everything ? [html`<strong>Everything is paused</strong> ${pausedBy(everything)}`] : []),
    ...(others.length > 0
      ? [
          html`Paused:
          ${others
            .slice(0, named)
            .map((pause, index) => html`${index > 0 && ', '}${subjectOf(jobs, pause)}`)}${
            others.length > named && html` and ${others.length - named} more`
          }`,
        ]
      : []),
  ]
  return html`<div id="paused" data-live>
    ${words.map((line) => html`<p class="banner">${line}. <a href="/#paused-list">What is paused</a></p>`)}
  </div>`
}

const pausedBy = ({ pausedBy: who, until, reason }: Pause): string =>
  `by ${who} ${until ? `until ${wallClock(until, 'UTC')}` : 'until somebody resumes it'}: ${reason}`

function subjectOf(jobs: Context['jobs'], { scope, subject }: Pause): Html {
  if (scope === 'client') return html`<a href="${clientPage(subject)}">client ${subject}</a>`
  if (scope === 'account') return html`<a href="${accountPage(subject)}">account ${subject}</a>`
  const title = jobs.find(({ id }) => id === subject)?.title ?? subject
  return html`<a href="${jobPage(subject)}">${title}</a>`
}
