import type { Pause } from '../../ledger/control/pauses'
import type { AccountView } from '../../ledger/views/account-view'
import { isAtLeast, type Role } from '../../ledger/users'
import type { LiveJob } from '../../runs/control/live-jobs'
import { actForm } from '../act-form'
import { html, type Html } from '../html'
import { accountPage, syncPage } from '../links'
import { pauseForms } from './pause-forms'
import { streamsField } from './run-fields'

/** What steers an account; nothing for those who may only look. */
export function accountControls(
  role: Role,
  job: LiveJob,
  { setUp, open }: AccountView,
  pauses: readonly Pause[],
): Html | false {
  if (!isAtLeast(role, 'operator')) return false
  const at = accountPage(setUp.id)
  const isPaused = pauses.some(({ scope }) => scope === 'account')
  return html`<section id="account-controls" data-live aria-label="Controls">
    <div class="acts">
      ${actForm({
        action: `${at}/check`,
        button: 'Check now',
        explanation: 'Asks the vendor whether credential and account work: a call or two.',
      })}
      ${actForm({
        action: `${at}/run-now`,
        button: 'Run now',
        fields: streamsField(job),
        reason: 'optional',
      })}
      ${pauseForms({ at, title: 'this account', isPaused, timezone: setUp.timezone })}
      ${
        job.backfill &&
        actForm({
          action: `${at}/reread`,
          button: 'Re-read days',
          explanation: 'Reads its last days again, behind all live work.',
          fields: html`<label>
            Days, today included
            <input type="number" name="days" min="1" max="3660" value="7" required />
          </label>`,
          reason: 'optional',
        })
      }
      ${actForm({
        action: `${at}/resync`,
        button: 'Full re-sync',
        explanation:
          'Forgets how far its streams are, and reads all that the vendor offers again. Its rows stay in place meanwhile.',
        fields: streamsField(job),
        reason: 'required',
        isGrave: true,
      })}
      ${actForm({
        action: `${at}/break-lease`,
        button: 'Break lease',
        explanation:
          'Takes the account from the attempt that works on it, which writes nothing more; the sync goes on by itself with another attempt.',
        reason: 'required',
        isGrave: true,
      })}
      ${open.map((sync) =>
        actForm({
          action: `${syncPage(sync.id)}/cancel`,
          button: 'Cancel',
          summary: `Cancel sync ${sync.id}`,
          explanation: `Ends the ${sync.lane === 'live' ? 'sync' : 'backfill’s sync'} that is ${sync.state}; what it has written stays.`,
          reason: 'optional',
          isGrave: true,
        }),
      )}
    </div>
  </section>`
}
