/*
 * The conformance suite: what every job must hold, whatever its vendor. A job passes it by listing itself.
 *
 * A case is one small file, `test/support/conformance/cases/<job>.ts` (`ctm.ts` is the model), which `cases/index.ts` lists and
 * `<job>.test.ts` here hands to `conforms`. It says, in the words of `test/support/conformance/case.ts`:
 * - `job`, `sync`, `check`: what is tested;
 * - `open(options)`: starts a sandbox (`startSandbox({ port: 0, now, epoch, <vendor>: … })` with the `now` and `epoch` it is
 *   handed) whose vendor has a small world of the case's own, and returns it with credentials and accounts as in the import
 *   files, the truth, and ways to do things to it: revoke and restore a credential, put in malformed records and
 *   duplicates, an empty page, a change between two pages, a link to a foreign host. Where a vendor has no equivalent,
 *   `without` says why, and the report shows it as skipped;
 * - `faults`: a line for each row of the sheet's error table and each trap that a fault can spring: a name, what the sandbox
 *   is told to do wrong, and what must come of it. `ordinaryFaults(path)` has those that any vendor may show.
 *
 * Keep the world small: two to five pages per account and stream are enough, and 25 pages at most, because the sync is cut
 * off after each of them. Every table needs a row, and edits must come within what the sync reads again.
 *
 * What runs is the real thing: `performSync`, real Postgres, leases and rate buckets in real Redis, HTTP to the sandbox
 * through the real door. Only time is made up: it stands still, for Postgres' `clock_timestamp()` and the sandbox alike, until
 * the suite moves it on. Each test has a world of its own, which is new; the stores under it have served the tests before it, and
 * were emptied. A sync that waits (`NotReadyError`, a backoff) is attempted again when the clock has come to its time;
 * one that was deferred or ended partial is followed by another once the account's rest is over.
 *
 * `npx jest test/conformance/<job>.test.ts -t 'cut off'` runs one part.
 */
import type { JobDefinition } from '../../src/job/define-job'
import { minutes } from '../../src/lib/durations'
import type { ConformanceCase } from '../support/conformance/case'
import { Worlds } from '../support/conformance/worlds'
import { keepsItsCanaries } from './parts/canaries'
import { checksItsAccounts } from './parts/checks'
import { copiesTheTruth } from './parts/copies'
import { survivesBeingCutOff } from './parts/cut-off'
import { waitsForExtracts } from './parts/extracts'
import { getsOverFaults } from './parts/faults'
import { readsDaysOnRequest } from './parts/days'
import { goesOnWithLife } from './parts/life'
import { keepsTheLimits } from './parts/limits'
import { takesOddLists } from './parts/odd-lists'

/** Describes a job's conformance as a suite of tests. */
export function conforms<J extends JobDefinition>(of: ConformanceCase<J>): void {
  jest.setTimeout(minutes(5))
  describe(`${of.job.id} conforms`, () => {
    const worlds = Worlds.of(of)
    afterAll(async () => worlds[Symbol.asyncDispose]())

    copiesTheTruth(of, worlds)
    survivesBeingCutOff(of, worlds)
    goesOnWithLife(of, worlds)
    readsDaysOnRequest(of, worlds)
    getsOverFaults(of, worlds)
    takesOddLists(of, worlds)
    keepsItsCanaries(of, worlds)
    keepsTheLimits(of, worlds)
    waitsForExtracts(of, worlds)
    checksItsAccounts(of, worlds)
  })
}
