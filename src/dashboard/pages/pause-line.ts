import type { Pause } from '../../ledger/control/pauses'
import { html, type Html } from '../html'
import { whenInFull } from '../times'

/** A pause that lasts: what, by whom, since and until when, and why. */
export const pauseLine = (pause: Pause, now: Date, timezone: string): Html =>
  html`<p class="banner">
    ${pause.scope === 'everything' ? 'Everything is' : `The ${pause.scope} is`} paused by ${pause.pausedBy}
    since ${whenInFull(pause.pausedAt, now, timezone)},
    ${pause.until ? html`until ${whenInFull(pause.until, now, timezone)}` : 'until somebody resumes it'}:
    ${pause.reason}
  </p>`
