import fc from 'fast-check'
import {
  DeadlineError,
  PositionRefusedError,
  RunDeadlineError,
  StorageUnavailableError,
  VendorAuthError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import type { Breaker } from '../../../src/ledger/gates/breakers'
import { hours, minutes } from '../../../src/lib/durations'
import {
  breakerRules,
  type BreakerRules,
  countsForBreakers,
  decideBreaker,
} from '../../../src/runs/gates/breaker'
import { probePause } from '../../../src/runs/gates/probe-pause'

const probes = fc.record({
  first: fc.integer({ min: 1, max: minutes(10) }),
  longest: fc.integer({ min: minutes(10), max: hours(10) }),
})
const rules: fc.Arbitrary<BreakerRules> = fc.record({
  accountFailures: fc.integer({ min: 1, max: 20 }),
  credentialFailures: fc.integer({ min: 1, max: 40 }),
  credentialAccounts: fc.integer({ min: 1, max: 10 }),
  probes,
})
const scope = fc.constantFrom('account', 'credential')

/** Failures in a row of syncs of so many accounts, each counted as the ledger counts it. */
function afterFailures(of: Breaker['scope'], syncs: readonly number[]): Breaker {
  return {
    scope: of,
    subject: '7',
    failures: syncs.length,
    accounts: of === 'account' ? 1 : new Set(syncs).size,
    isOpen: false,
    openings: 0,
    probingSync: null,
  }
}

describe('a circuit breaker', () => {
  test('of an account opens with as many failures in a row as the rule says, and not before', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 50 }), (by, count) => {
        const decision = decideBreaker(by, { ...afterFailures('account', []), failures: count }, '1')
        expect(decision.kind).toBe(count >= by.accountFailures ? 'open' : 'stay')
      }),
      { numRuns: 300 },
    )
  })

  test('of a credential opens only where enough of its accounts fail: one alone never shuts the others out', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 60 }), (by, syncs) => {
        const decision = decideBreaker(by, afterFailures('credential', syncs), '1')
        const isEnough = syncs.length >= by.credentialFailures && new Set(syncs).size >= by.credentialAccounts
        expect(decision.kind).toBe(isEnough ? 'open' : 'stay')
      }),
      { numRuns: 300 },
    )
  })

  test('that is open opens again for the sync that was let through only, whatever else fails meanwhile', () => {
    fc.assert(
      fc.property(
        rules,
        scope,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 30 }),
        fc.option(fc.constantFrom('1', '2')),
        (by, of, failures, openings, probingSync) => {
          const breaker = { ...afterFailures(of, []), isOpen: true, failures, openings, probingSync }
          const decision = decideBreaker(by, breaker, '1')
          const isTheOne = probingSync === '1'
          expect(decision).toMatchObject(isTheOne ? { kind: 'open', again: true } : { kind: 'stay' })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('is tried again after a pause that doubles with each try in vain, up to the longest', () => {
    fc.assert(
      fc.property(probes, fc.nat({ max: 2000 }), (times, inVain) => {
        const [pause, next] = [probePause(times, inVain), probePause(times, inVain + 1)]
        expect(pause).toBeGreaterThanOrEqual(Math.min(times.first, times.longest))
        expect(pause).toBeLessThanOrEqual(times.longest)
        expect(next).toBe(Math.min(times.longest, 2 * pause))
      }),
      { numRuns: 500 },
    )
  })

  test('takes the first pause when it opens, and a longer one each time it does again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), (openings) => {
        const breaker: Breaker = {
          ...afterFailures('account', []),
          failures: 50,
          isOpen: openings > 0,
          openings,
          probingSync: openings > 0 ? '1' : null,
        }
        expect(decideBreaker(breakerRules, breaker, '1')).toEqual({
          kind: 'open',
          again: openings > 0,
          probeAfter: probePause(breakerRules.probes, openings),
        })
      }),
    )
  })

  test('is what this build says: five failures of an account, ten of at least three of a credential’s', () => {
    const opens = (breaker: Breaker) => decideBreaker(breakerRules, breaker, '1').kind === 'open'
    const credential = { ...afterFailures('credential', [1, 2, 3]), failures: 10 }
    expect(opens({ ...afterFailures('account', []), failures: 4 })).toBe(false)
    expect(opens({ ...afterFailures('account', []), failures: 5 })).toBe(true)
    expect(opens({ ...credential, failures: 9 })).toBe(false)
    expect(opens(credential)).toBe(true)
    expect(opens({ ...credential, accounts: 2 })).toBe(false)
  })
})

describe('countsForBreakers', () => {
  test.each([
    { error: new VendorUnavailableError('503'), counts: true },
    { error: new DeadlineError('too long'), counts: true },
    { error: new StorageUnavailableError('no Postgres'), counts: false },
    { error: new PositionRefusedError('too old'), counts: false },
    { error: new RunDeadlineError('too long'), counts: false },
    { error: new VendorAuthError('401'), counts: false },
    { error: new VendorResponseError('no calls'), counts: false },
  ])('is $counts for $error.code', ({ error, counts }) => {
    expect(countsForBreakers(error)).toBe(counts)
  })
})
