import type { Incident } from '../../ledger/gates/incidents'
import { html, type Html } from '../html'
import { when } from '../times'

/** Incidents, those that last first as they are given; says so where there are none. */
export function incidentList(incidents: readonly Incident[], now: Date, timezone: string): Html {
  if (incidents.length === 0) return html`<p>None.</p>`
  return html`<ul class="runs">
    ${incidents.map(
      ({ id, kind, subject, message, openedAt, closedAt, closing, times }) =>
        html`<li data-key="incident-${id}">
          <span class="state state-${closedAt ? 'done' : 'failed'}">${closedAt ? 'over' : 'open'}</span>
          ${kind.replaceAll('-', ' ')}: ${message}
          <small
            >${subject}, began
            ${when(openedAt, now, timezone)}${times > 1 && `, met ${times} times`}${
              closedAt && html`, over ${when(closedAt, now, timezone)}: ${closing}`
            }</small
          >
        </li>`,
    )}
  </ul>`
}
