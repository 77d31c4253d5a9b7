import { actForm } from '../act-form'
import { html, type Html } from '../html'

/** Forms that pause what a page is about, or resume it; `at` is the page's path. */
export function pauseForms(of: {
  readonly at: string
  readonly title: string
  readonly isPaused: boolean
  readonly timezone: string
}): Html {
  const until = { timezone: of.timezone }
  const pausing = actForm({
    action: `${of.at}/pause`,
    button: of.isPaused ? 'Change the pause' : 'Pause',
    explanation: `Nothing of ${of.title} starts while it lasts; what is under way goes on to its end.`,
    reason: 'required',
    until,
  })
  const resuming = of.isPaused && actForm({ action: `${of.at}/resume`, button: 'Resume', reason: 'optional' })
  return html`${resuming} ${pausing}`
}
