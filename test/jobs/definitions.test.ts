import { jobs, definitionOf } from '../../jobs'
import { jobIds, type JobDefinition } from '../../src/job/define-job'
import { instantsBetween } from '../../src/lib/cron'
import { isTimezone } from '../../src/lib/local-days'

const definitions: readonly JobDefinition[] = jobs
const start = new Date('2026-03-01T00:00:00Z')
const end = new Date('2026-03-03T00:00:00Z')

test('the jobs stand in the order in which every list shows them', () => {
  expect(jobs.map(({ id }) => id)).toEqual([...jobIds])
})

test('a job is found by its id only', () => {
  expect(definitionOf('google-ads')?.title).toBe('GoogleAds')
  expect(definitionOf('google_ads')).toBeUndefined()
})

describe.each(definitions.map((job) => [job.id, job] as const))('the definition of %s', (id, job) => {
  const { schedule } = job

  test('has a schedule that can be read', () => {
    expect(schedule.cron.split(' ')).toHaveLength(5)
    expect(isTimezone(schedule.timezone)).toBe(true)
    expect(instantsBetween(schedule, start, end, 1000).length).toBeGreaterThan(1)
  })

  test('expects no account to be fresher than its schedule allows', () => {
    const [first, second] = instantsBetween(schedule, start, end, 2)

    expect(job.freshness).toBeGreaterThan(Number(second) - Number(first))
  })

  test('backs off up to its cap, within bounds', () => {
    expect(job.retry.attempts).toBeGreaterThan(0)
    expect(job.retry.delay).toBeGreaterThan(0)
    expect(job.retry.cap).toBeGreaterThanOrEqual(job.retry.delay)
    expect(job.deadline).toBeGreaterThan(0)
    expect(job.startWithin).toBeGreaterThan(0)
    expect(job.concurrency).toBeGreaterThan(0)
  })

  test('names its tables after itself, keyed by columns that are never null', () => {
    for (const [name, stream] of Object.entries(job.streams)) {
      expect(stream.table).toBe(`${id}_${name}`.replaceAll('-', '_'))
      expect(stream.key.length).toBeGreaterThan(0)
      expect(stream.key.map((column) => stream.columns[column]?.nullable)).toEqual(
        stream.key.map(() => false),
      )
    }
  })

  test('has streams', () => {
    expect(Object.keys(job.streams)).not.toEqual([])
  })

  test('refuses fields that nobody knows', () => {
    expect(job.secrets.safeParse({ no_such_field: 'x' }).success).toBe(false)
    expect(job.settings.safeParse({ no_such_field: 'x' }).success).toBe(false)
  })
})
