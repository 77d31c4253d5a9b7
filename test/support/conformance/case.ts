import type { JobDefinition } from '../../../src/job/define-job'
import type { Check, Sync } from '../../../src/job/sync'
import type { FaultInput } from '../../../sandbox'
import type { Sandbox } from '../../../sandbox'
import type { VendorRequest } from '../../../sandbox/vendor'

/** One job, as the conformance suite sees it. */
export interface ConformanceCase<J extends JobDefinition = JobDefinition> {
  readonly job: J
  readonly sync: Sync<J>
  readonly check: Check<J>
  /** A sandbox with a small world of the case's own. The suite disposes of the sandbox. */
  readonly open: (options: OpenOptions) => Promise<ConformanceWorld>
  /** Every row of the sheet's error table, and every trap that a fault can spring. */
  readonly faults: readonly ConformanceFault[]
  /** Syncs in a row after which all that has happened is written. Default 1; 2 where gone needs a second listing. */
  readonly passes?: number
  /** Steps in which life goes on, in milliseconds; default a few that cross a month's end and a day of 25 or 23 hours. */
  readonly steps?: readonly number[]
  /** What must be nowhere, besides the contract's canaries (`canaries.ts`) and the credentials' secrets. */
  readonly canaries?: readonly (string | RegExp)[]
  /** Why the vendor cannot do this: the only way to leave out a part of the suite. Shown in the skipped test's name. */
  readonly without?: Partial<Record<Omissible, string>>
}

/** Parts of the suite that a vendor may have no equivalent of. */
export type Omissible =
  | 'malformed'
  | 'duplicates'
  | 'emptyPage'
  | 'changeWhileRead'
  | 'foreignHost'
  | 'expireTokens'
  | 'isExtractStart'

export interface OpenOptions {
  /** Hand it to `startSandbox` as it is. */
  readonly now: () => Date
  /** Where history ends; hand it to `startSandbox` as it is. It is the suite's start, too. */
  readonly epoch: Date
  /** At least so many accounts; those beyond the third on the first one's credential. */
  readonly accounts: number
  /** `stated`: the vendor enforces what its documentation says. `none`: give it limits that nobody reaches. */
  readonly limits: 'stated' | 'none'
}

export interface ConformanceAccount {
  readonly externalId: string
  /** The id of one of the world's credentials. */
  readonly credential: string
  readonly timezone: string
  readonly settings?: Readonly<Record<string, unknown>>
}

export type TruthTables = Readonly<Record<string, Iterable<Readonly<Record<string, unknown>>>>>

/**
 * A sandbox with what the suite does to it. The optional members are needed, too: where the vendor has no equivalent, the
 * case says so in `without`.
 */
export interface ConformanceWorld {
  readonly sandbox: Sandbox
  readonly credentials: readonly {
    readonly id: string
    readonly secrets: Readonly<Record<string, unknown>>
  }[]
  readonly accounts: readonly ConformanceAccount[]
  /**
   * What a faithful copy of the account holds by now: rows by destination table, of this job's tables only. Key columns and
   * telling ones; other columns are not looked at. `gone: true` marks rows that must be marked gone.
   */
  readonly truth: (externalId: string) => TruthTables
  /** The vendor refuses the credential until it is restored. */
  readonly revoke: (credentialId: string) => void
  readonly restore: (credentialId: string) => void
  /** Access tokens that were given out are good no more; new ones can be had. */
  readonly expireTokens?: () => void
  /** Puts in records that no table can hold, beside good ones, and returns how many. The truth has none of them. */
  readonly malformed?: (externalId: string) => number
  /** Some records are listed twice from now on. */
  readonly duplicates?: (externalId: string) => void
  /** An empty page, in the middle or at the end of a listing. */
  readonly emptyPage?: (externalId: string) => void
  /** Called after each page that is written, with the number of the page: adds, changes and removes records of the account. */
  readonly changeWhileRead?: (externalId: string, page: number) => void
  /**
   * From now on, once or for good, an answer names this address (`http://127.0.0.1:<port>`) where it names its own. Tells what
   * must come of it; nothing may be asked of the address in any case.
   */
  readonly foreignHost?: (externalId: string, url: string) => Expected
  /** True for a request that asks the vendor to start an extract, a report run or the like. */
  readonly isExtractStart?: (request: VendorRequest) => boolean
}

/** What must come of a sync that meets a fault. */
export interface Expected {
  /** How it settles in the end, after as many attempts as it takes. */
  readonly settles: 'ok' | 'partial' | 'deferred' | 'failed'
  /** The code of the error it settles with; where it settles ok, of an attempt before. Absent: not looked at. */
  readonly code?: string
  /** What is parked by it. Absent: nothing may be. */
  readonly parks?: 'credential' | 'account'
}

/** No attempt may come to harm, or only such that a later one makes good. */
export const gotOver: Expected = { settles: 'ok' }
/** An attempt ends with this error, and a later one makes good. */
export const gotOverAfter = (code: string): Expected => ({ settles: 'ok', code })
export const deadLetter = (code: string): Expected => ({ settles: 'failed', code })
export const parksCredential: Expected = { settles: 'failed', code: 'vendor_auth', parks: 'credential' }
export const parksAccount: Expected = { settles: 'failed', code: 'vendor_config', parks: 'account' }
export const partialUntilReset: Expected = { settles: 'partial', code: 'quota' }

/** Something that goes wrong with one account, from the first load on or later. */
export interface ConformanceFault {
  /** Completes "gets over …" or "stops at …": `a server error`, `a page that leads back`. */
  readonly name: string
  /** For the sandbox's own faults. */
  readonly faults?: readonly FaultInput[]
  /** For whatever else it takes. */
  readonly inject?: (world: ConformanceWorld, account: ConformanceAccount) => void
  /** `first load` (the default), or `later`: after a first load, once a step of life has gone on. */
  readonly during?: 'first load' | 'later'
  readonly expected: Expected
  /** Ends the fault where clearing the sandbox's faults does not; after it a sync must make everything good. */
  readonly mend?: (world: ConformanceWorld, account: ConformanceAccount) => void
}

/** The faults that any vendor may show, for a path (a part of it) that every sync asks for. */
export const ordinaryFaults = (path = ''): readonly ConformanceFault[] => {
  const of = (name: string, fault: FaultInput, expected = gotOver): ConformanceFault => ({
    name,
    faults: [{ ...fault, path }],
    expected,
  })
  return [
    of('a server error', { kind: 'status', status: 500 }),
    of(
      'a server error that lasts for an attempt',
      { kind: 'status', status: 503, times: 3 },
      gotOverAfter('vendor_unavailable'),
    ),
    of('a connection that is reset', { kind: 'reset' }),
    of('an answer that is cut off', { kind: 'cut' }),
    of('half a JSON text', { kind: 'truncated' }),
    of('a page for browsers', { kind: 'html' }),
    of('a refusal with a wait', { kind: 'status', status: 429, retryAfter: 2 }),
    of(
      'a refusal with a long wait',
      { kind: 'status', status: 429, retryAfter: 600 },
      gotOverAfter('rate_limited'),
    ),
    of('a refusal that names no wait', { kind: 'status', status: 429 }),
    of('a redirect', { kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' }, deadLetter('vendor_response')),
  ]
}
