import fc from 'fast-check'
import {
  CredentialUnreadableError,
  DeadlineError,
  type ErrorClass,
  NotReadyError,
  QuotaError,
  RateLimitedError,
  ShrinkGuardError,
  StorageUnavailableError,
  type SyncError,
  UnexpectedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { days, hours, minutes, seconds } from '../../../src/lib/durations'
import { backoff } from '../../../src/runs/attempt/backoff'
import { decideOutcome, type Outcome } from '../../../src/runs/attempt/outcome'

const wait = fc.oneof(fc.nat({ max: minutes(30) }), fc.nat({ max: days(2) }))
const settings = fc.record({
  attempts: fc.integer({ min: 1, max: 12 }),
  backoff: fc.integer({ min: 1, max: minutes(5) }),
  backoffCap: fc.integer({ min: 1, max: hours(2) }),
  retryWithin: fc.integer({ min: seconds(1), max: hours(12) }),
})
const failures = fc.integer({ min: 1, max: 15 })
const random = fc.double({ min: 0, max: 1, noNaN: true })
const age = fc.nat({ max: hours(13) })

const passing: fc.Arbitrary<SyncError> = fc.constantFrom(
  new VendorUnavailableError('status 503'),
  new VendorTimeoutError('no answer'),
  new DeadlineError('took too long'),
)
const waiting: fc.Arbitrary<RateLimitedError | NotReadyError> = wait.chain((after) =>
  fc.constantFrom(new RateLimitedError('status 429', after), new NotReadyError('being prepared', after)),
)
const anyError: fc.Arbitrary<SyncError> = fc.oneof(
  passing,
  waiting,
  wait.map((after) => new QuotaError('the quota is spent', after)),
  fc.constantFrom<SyncError[]>(
    new VendorAuthError('status 401'),
    new VendorConfigError('status 404'),
    new VendorRequestError('status 400'),
    new VendorResponseError('no calls'),
    new ShrinkGuardError('too few'),
    new StorageUnavailableError('gone'),
    new CredentialUnreadableError('sealed'),
    new UnexpectedError('unexpected TypeError'),
  ),
)

/** All that may become of an error of each class. */
const kinds: Readonly<Record<ErrorClass, readonly Outcome['kind'][]>> = {
  transient: ['retry', 'dead', 'give-up'],
  'vendor-down': ['retry', 'dead', 'give-up'],
  storage: ['wait'],
  'rate-limited': ['wait', 'defer'],
  'not-ready': ['wait', 'defer'],
  quota: ['partial'],
  auth: ['park'],
  config: ['park'],
  schema: ['dead'],
  bug: ['dead'],
}

describe('the outcome of an attempt', () => {
  test('is one that its class may have, and is decided again the same way', () => {
    fc.assert(
      fc.property(anyError, settings, failures, random, age, (error, of, count, chance, since) => {
        const outcome = decideOutcome(error, of, count, chance, since)
        expect(kinds[error.errorClass]).toContain(outcome.kind)
        expect(decideOutcome(error, of, count, chance, since)).toEqual(outcome)
      }),
      { numRuns: 1000 },
    )
  })

  test('spends attempts on what may pass only: what waits, waits however often it did', () => {
    fc.assert(
      fc.property(anyError, settings, failures, failures, random, (error, of, one, other, chance) => {
        fc.pre(!['transient', 'vendor-down'].includes(error.errorClass))
        expect(decideOutcome(error, of, one, chance)).toEqual(decideOutcome(error, of, other, chance))
      }),
      { numRuns: 1000 },
    )
  })

  test('retries up to the last attempt and within the job’s time, by its backoff', () => {
    fc.assert(
      fc.property(passing, settings, failures, random, age, (error, of, count, chance, since) => {
        const outcome = decideOutcome(error, of, count, chance, since)
        const after = backoff(of, count, chance)
        const isInTime = since + after <= of.retryWithin
        const onTime: Partial<Outcome> = isInTime ? { kind: 'retry', after } : { kind: 'give-up' }
        expect(outcome).toMatchObject(count >= of.attempts ? { kind: 'dead' } : onTime)
      }),
      { numRuns: 1000 },
    )
  })

  test('is to wait as long as the vendor says, or to defer where that is too long for an open sync', () => {
    fc.assert(
      fc.property(waiting, settings, failures, random, age, (error, of, count, chance, since) => {
        const outcome = decideOutcome(error, of, count, chance, since)
        const after = Math.max(seconds(1), error.retryAfter)
        const isShort = after <= minutes(15) && since + after <= of.retryWithin
        expect(outcome).toEqual({ kind: isShort ? 'wait' : 'defer', after })
      }),
      { numRuns: 1000 },
    )
  })

  test('never leads on for ever: whatever a vendor does, a sync ends within its attempts and its time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(passing, waiting), { minLength: 1, maxLength: 40 }),
        settings,
        random,
        (errors, of, chance) => {
          let [failed, since] = [0, 0]
          for (let turn = 0; ; turn += 1) {
            const error = errors[turn % errors.length] ?? new VendorTimeoutError('no answer')
            const isFailure = error.errorClass === 'transient' || error.errorClass === 'vendor-down'
            if (isFailure) failed += 1
            // The attempt itself takes a while, too.
            since += seconds(1)
            const outcome = decideOutcome(error, of, failed, chance, since)
            if (outcome.kind !== 'retry' && outcome.kind !== 'wait') break
            since += outcome.after
          }
          expect(failed).toBeLessThanOrEqual(of.attempts)
          expect(since).toBeLessThanOrEqual(of.retryWithin + seconds(1))
        },
      ),
      { numRuns: 300 },
    )
  })
})
