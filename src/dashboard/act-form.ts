import { IANAZone } from 'luxon'
import { z } from 'zod'
import { instantForms, readInstant } from '../lib/read-instant'
import { RefusedError } from './errors'
import { html, type Html, type HtmlValue } from './html'

/** A form by which a person changes something. */
export interface ActForm {
  /** Where it is sent to. */
  readonly action: string
  /** What is done, as on its button: `Pause`. */
  readonly button: string
  /** What it stands under while it is closed, where the button's words say too little. Default: the button's. */
  readonly summary?: string
  /** Says what follows from it. */
  readonly explanation?: HtmlValue
  /** Its own inputs, each in a `label`; hidden ones as they are. */
  readonly fields?: HtmlValue
  /** Whether the reason must be given; absent: none is asked for. */
  readonly reason?: 'required' | 'optional'
  /** Asks until when it holds, in this time zone; empty: until somebody ends it. */
  readonly until?: { readonly timezone: string }
  /** What cannot be undone looks like it. */
  readonly isGrave?: boolean
}

/** A closed form: the page stays calm until somebody opens it. What is typed and opened outlives the page's updates. */
export const actForm = ({
  action,
  button,
  summary,
  explanation,
  fields,
  reason,
  until,
  isGrave,
}: ActForm): Html =>
  html`<details class="act" id="${idOf(action, button)}">
    <summary>${summary ?? button}</summary>
    <form class="fields" method="post" action="${action}">
      ${explanation && html`<p>${explanation}</p>`} ${fields} ${reason && reasonField(reason)}
      ${until && untilField(until.timezone)}
      <button ${isGrave && html`class="grave"`}>${button}</button>
    </form>
  </details>`

const idOf = (action: string, button: string): string =>
  `act${`${action} ${button}`.toLowerCase().replaceAll(/[^a-z\d]+/g, '-')}`

const reasonField = (reason: 'required' | 'optional'): Html =>
  html`<label>
    Reason ${reason === 'optional' && html`<small>may be left empty</small>`}
    <input name="reason" maxlength="500" autocomplete="off" ${reason === 'required' && 'required'} />
  </label>`

const untilField = (timezone: string): Html =>
  html`<label>
      Until <small>${timezone}; empty: until somebody ends it</small>
      <input name="until" type="datetime-local" />
    </label>
    <input type="hidden" name="timezone" value="${timezone}" />`

const Fields = z.object({
  reason: z.string().trim().max(500).default(''),
  until: z.string().trim().max(60).default(''),
  timezone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone))
    .default('UTC'),
})

/** What an `actForm` asks of everybody: the reason, and until when. Where nothing was given there is nothing. */
export function readActFields(body: unknown, now: Date): { readonly reason?: string; readonly until?: Date } {
  const parsed = Fields.safeParse(body ?? {})
  if (!parsed.success) throw new RefusedError(400, 'The reason or the time is too long to be one.')
  const { reason, until, timezone } = parsed.data
  return {
    ...(reason === '' ? {} : { reason }),
    ...(until === '' ? {} : { until: readUntil(until, timezone, now) }),
  }
}

/** Where clocks show a time twice, what holds until then holds until the second one. */
function readUntil(text: string, timezone: string, now: Date): Date {
  const read = readInstant(text, timezone, now)
  const instant = read?.kind === 'fold' ? read.instants.at(-1) : read?.instant
  if (!instant) throw new RefusedError(400, `“${text}” is not understood as until: write ${instantForms}.`)
  return instant
}
