import {
  NotReadyError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { hours, minutes, seconds } from '../../../src/lib/durations'
import { backoff } from '../../../src/runs/attempt/backoff'
import { decideOutcome, syncErrorOf } from '../../../src/runs/attempt/outcome'

const settings = { attempts: 3, backoff: seconds(10), backoffCap: minutes(5), retryWithin: hours(6) }

describe('decideOutcome', () => {
  test.each([{ error: new VendorUnavailableError('down') }, { error: new VendorTimeoutError('slow') }])(
    'backs off after $error.code',
    ({ error }) => {
      expect(decideOutcome(error, settings, 1, 0.5)).toEqual({ kind: 'retry', after: seconds(5) })
      expect(decideOutcome(error, settings, 2, 1)).toEqual({ kind: 'retry', after: seconds(20) })
      expect(decideOutcome(error, settings, 3, 0.5)).toEqual({ kind: 'dead' })
    },
  )

  test('waits as long as the vendor says, however often', () => {
    expect(decideOutcome(new RateLimitedError('429', seconds(30)), settings, 99, 0)).toEqual({
      kind: 'wait',
      after: seconds(30),
    })
    expect(decideOutcome(new NotReadyError('still preparing', 0), settings, 99, 0)).toEqual({
      kind: 'wait',
      after: seconds(1),
    })
  })

  test('defers a wait of more than fifteen minutes', () => {
    expect(decideOutcome(new RateLimitedError('429', minutes(15)), settings, 1, 0).kind).toBe('wait')
    expect(decideOutcome(new RateLimitedError('429', minutes(15) + 1), settings, 1, 0).kind).toBe('defer')
  })

  test('gives up, with an error of its own, when the next attempt would begin too late', () => {
    const error = new VendorUnavailableError('503')
    const after = seconds(10)
    expect(decideOutcome(error, settings, 1, 1, hours(6) - after)).toEqual({ kind: 'retry', after })
    expect(decideOutcome(error, settings, 1, 1, hours(6) - after + 1)).toEqual({
      kind: 'give-up',
      error: expect.objectContaining({
        code: 'gave_up',
        errorClass: 'vendor-down',
        message: 'no success within 6 h; in the end vendor_unavailable: 503',
        cause: error,
      }),
    })
  })

  test('defers a wait that would end too late, however short', () => {
    const error = new NotReadyError('still preparing', minutes(2))
    expect(decideOutcome(error, settings, 1, 0, hours(6) - minutes(2)).kind).toBe('wait')
    expect(decideOutcome(error, settings, 1, 0, hours(6) - minutes(2) + 1)).toEqual({
      kind: 'defer',
      after: minutes(2),
    })
  })

  test('ends partial when a quota is used up', () => {
    expect(decideOutcome(new QuotaError('quota', minutes(600)), settings, 1, 0)).toEqual({
      kind: 'partial',
      after: minutes(600),
    })
  })

  test('rests for a minute at least where the quota is said to be back at once: no run every two seconds', () => {
    expect(decideOutcome(new QuotaError('quota', 0), settings, 1, 0)).toEqual({
      kind: 'partial',
      after: minutes(1),
    })
  })

  test('parks what a person must mend', () => {
    expect(decideOutcome(new VendorAuthError('401'), settings, 1, 0)).toEqual({
      kind: 'park',
      what: 'credential',
    })
    expect(decideOutcome(new VendorConfigError('404'), settings, 1, 0)).toEqual({
      kind: 'park',
      what: 'account',
    })
  })

  test.each([{ error: new VendorRequestError('400') }, { error: new VendorResponseError('no calls') }])(
    'gives up at once on $error.code',
    ({ error }) => {
      expect(decideOutcome(error, settings, 1, 0.5)).toEqual({ kind: 'dead' })
    },
  )
})

describe('syncErrorOf', () => {
  test('leaves our own errors alone', () => {
    const error = new VendorAuthError('401')
    expect(syncErrorOf(error)).toBe(error)
  })

  test('tells a bug without its message, which might quote a record', () => {
    const error = syncErrorOf(new TypeError('cannot read +15555550177'))
    expect(error.errorClass).toBe('bug')
    expect(error.message).not.toContain('555')
    expect(error.cause).toBeInstanceOf(TypeError)
  })
})

describe('backoff', () => {
  test('doubles up to its cap, with full jitter', () => {
    expect([1, 2, 3, 9].map((failures) => backoff(settings, failures, 1))).toEqual([
      seconds(10),
      seconds(20),
      seconds(40),
      minutes(5),
    ])
    expect(backoff(settings, 9, 0)).toBe(0)
  })
})
