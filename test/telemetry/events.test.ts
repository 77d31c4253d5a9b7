import { NotReadyError, UnexpectedError, VendorUnavailableError } from '../../src/job/errors'
import { RunEvents, WatchEvents } from '../../src/telemetry/events'
import type { Facts, Logger } from '../../src/telemetry/logger'
import { Metrics } from '../../src/telemetry/metrics'

type Line = readonly [level: string, message: string, facts: Facts | undefined]

const setup = () => {
  const lines: Line[] = []
  const write = (level: string) => (message: string, facts?: Facts) =>
    void lines.push([level, message, facts])
  const logger: Logger = {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
  }
  const metrics = new Metrics('worker')
  const figure = async (series: string): Promise<number | undefined> => {
    const [, value] =
      (await metrics.expose())
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split('} ') ?? []
    return value === undefined ? undefined : Number(value)
  }
  return { lines, figure, run: new RunEvents(logger, metrics), watch: new WatchEvents(logger) }
}

const sync = { jobId: 'ctm', runId: '1', syncId: '2', accountId: '3' }

describe('RunEvents', () => {
  test('say and count that a slot ran', async () => {
    const { run, lines, figure } = setup()
    run.slotRan({ jobId: 'ctm', runId: '1', lateMs: 80.4 })
    expect(lines).toEqual([['info', 'slot ran', { jobId: 'ctm', runId: '1', lateMs: 80 }]])
    expect(await figure('syncfleet_slot_lateness_seconds_bucket{le="0.1"')).toBe(1)
    expect(await figure('syncfleet_runs_total{job="ctm",state="running"')).toBe(1)
  })

  test('count pages by what became of their records, and say each only to who debugs', async () => {
    const { run, lines, figure } = setup()
    run.pageWritten(sync, 'calls', { read: 3, inserted: 2, rejected: 1, updated: 0 })
    expect(lines).toEqual([
      ['debug', 'page written', { ...sync, stream: 'calls', read: 3, inserted: 2, rejected: 1, updated: 0 }],
    ])
    expect(await figure('syncfleet_pages_total{job="ctm",stream="calls"')).toBe(1)
    expect(await figure('syncfleet_records_total{job="ctm",stream="calls",result="inserted"')).toBe(2)
  })

  test('count attempts by outcome, lost ones as well', async () => {
    const { run, lines, figure } = setup()
    run.attemptEnded({ ...sync, number: 1, outcome: 'failed', durationMs: 1500 })
    run.attemptLost({ ...sync, number: 2, why: 'fence' })
    expect(lines.map(([level, message]) => [level, message])).toEqual([
      ['debug', 'attempt ended'],
      ['warn', 'attempt lost'],
    ])
    expect(await figure('syncfleet_syncs_total{job="ctm",outcome="failed"')).toBe(1)
    expect(await figure('syncfleet_syncs_total{job="ctm",outcome="lost"')).toBe(1)
    expect(
      await figure('syncfleet_sync_duration_seconds_sum{process="worker",job="ctm",outcome="failed"'),
    ).toBe(1.5)
  })

  test('tell of an error its class, code and message, without a stack', () => {
    const { run, lines } = setup()
    run.attemptFailed(sync, new VendorUnavailableError('GET ctm: status 503', { cause: new Error('a body') }))
    expect(lines).toEqual([
      [
        'warn',
        'attempt failed',
        {
          ...sync,
          error: 'VendorUnavailableError',
          errorCode: 'vendor_unavailable',
          errorMessage: 'GET ctm: status 503',
          errorClass: 'vendor-down',
          stack: undefined,
        },
      ],
    ])
  })

  test('tell of a vendor that only has to be waited for as no failure', () => {
    const { run, lines } = setup()
    run.attemptFailed(sync, new NotReadyError('the delivery is being made', 5000))
    expect(lines.map(([level, message]) => `${level} ${message}`)).toEqual(['info attempt waits'])
  })

  test('tell of a bug the frames of its stack, and not its message', () => {
    const { run, lines } = setup()
    run.attemptFailed(
      sync,
      new UnexpectedError('unexpected TypeError', { cause: new TypeError('the record\nof a person') }),
    )
    const stack = lines[0]?.[2]?.['stack']
    expect(stack).toMatch(/^\s+at /)
    expect(stack).toContain('events.test')
    expect(JSON.stringify(lines)).not.toContain('person')
  })

  test('say what is settled, and loudly what a person must look at', () => {
    const { run, lines } = setup()
    run.syncSettled({ ...sync, state: 'ok' })
    run.runSettled({ jobId: 'ctm', runId: '1', state: 'partial' })
    run.leaseRefused(sync)
    run.noted({ ...sync, note: 'a window' })
    run.credentialParked({ ...sync, credentialId: 'key' })
    run.accountParked(sync)
    run.credentialResumed({ ...sync, credentialId: 'key' })
    run.accountResumed(sync)
    run.breakerOpened({ ...sync, scope: 'credential', subject: 'key' })
    run.breakerClosed({ ...sync, scope: 'credential', subject: 'key' })
    expect(lines.map(([level, message]) => `${level} ${message}`)).toEqual([
      'info sync settled',
      'info run settled',
      'info lease refused',
      'info sync noted',
      'error credential parked',
      'error account parked',
      'info credential resumed',
      'info account resumed',
      'warn circuit breaker opened',
      'info circuit breaker closed',
    ])
  })
})

describe('WatchEvents', () => {
  test('say what the leader found and mended', () => {
    const { watch, lines } = setup()
    watch.leadTaken({ holder: 'a' })
    watch.leadLost({ holder: 'a' })
    watch.jobSchedulerAligned({ jobId: 'ctm', change: 'restored' })
    watch.slotSettled({ jobId: 'ctm', dueAt: '2026-03-01T00:00:00Z', state: 'missed', reason: 'no worker' })
    watch.catchUpStarted({ jobId: 'ctm', runId: '1', dueAt: '2026-03-01T00:00:00Z' })
    watch.runSettled({ jobId: 'ctm', runId: '1', state: 'ok' })
    watch.syncsRequeued({ gone: 1, over: 2 })
    watch.heldUpReleased({ kind: 'credential-parked', subject: 'credential key', accounts: 3 })
    watch.followUpStarted({ jobId: 'ctm', runId: '2', accounts: 3, tries: 0 })
    expect(lines.map(([level, message]) => `${level} ${message}`)).toEqual([
      'info lead taken',
      'warn lead lost',
      'info job scheduler aligned',
      'warn slot settled by the leader',
      'warn catch-up started',
      'warn run settled by the leader',
      'warn syncs queued again',
      'info accounts released',
      'info follow-up started',
    ])
  })

  test('name the step that failed and what it failed of', () => {
    const { watch, lines } = setup()
    watch.stepFailed('syncs', Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
    watch.stepFailed('runs', 'no error at all')
    expect(lines).toEqual([
      [
        'error',
        'watchdog step failed',
        { step: 'syncs', error: 'Error', errorCode: 'ECONNREFUSED', errorMessage: 'gone' },
      ],
      ['error', 'watchdog step failed', { step: 'runs', error: 'no error at all' }],
    ])
  })
})
