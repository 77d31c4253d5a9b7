import { configuredJobs } from '../../config/configured-jobs'
import { loadConfig } from '../../config/load'
import { demoOf } from '../../sandbox/ctm/demo'
import { instantsBetween } from '../../src/lib/cron'
import { minutes } from '../../src/lib/durations'
import { until } from '../support/until'
import { ComposeFleet, processes } from './compose-fleet'
import { startEngine } from './engine'

jest.setTimeout(minutes(10))

interface Attempt {
  readonly worker: string
}

/** One story: each test takes the fleet up where the one before has left fleet. */
describe('the fleet of docker-compose.yml', () => {
  let fleet: ComposeFleet
  beforeAll(async () => {
    fleet = await ComposeFleet.prepare(await startEngine())
  })
  afterAll(async () => fleet[Symbol.asyncDispose]())

  /** A worker's container that an attempt runs in at this moment. */
  const busyWorker = async (): Promise<string> =>
    until('a worker with an attempt under way', async () => {
      const attempts = await fleet.query<Attempt>(`select worker from attempts where outcome = 'running'`)
      const hosts = attempts.map(({ worker }) => worker.split('@')[1] ?? '')
      return (await fleet.containers('worker')).find((id) => hosts.some((host) => id.startsWith(host)))
    })

  /** Lets every answer of the vendor take a second, so that some sync is always under way, and waits for one. */
  const keepBusy = async (): Promise<void> => {
    await fleet.sandbox('DELETE', '/control/faults')
    const slow = { kind: 'slow', milliseconds: 1000, vendor: 'ctm', times: 1_000_000 }
    await fleet.sandbox('POST', '/control/faults', slow)
    await busyWorker()
  }

  test('comes up from nothing with one command, and syncs with three workers', async () => {
    await fleet.up(3)
    await fleet.healthy('scheduler', 2)
    await fleet.healthy('worker', 3)
    await fleet.healthy('dashboard', 1)
    const workers = await until('three workers at work', async () => {
      const seen = await fleet.query<Attempt>('select distinct worker from attempts')
      return seen.length === 3 ? seen : undefined
    })
    expect(workers).toHaveLength(3)
  })

  test('answers on the one port that it publishes', async () => {
    expect((await fetch(`http://127.0.0.1:${fleet.port}/login`)).status).toBe(200)
    const all = await fleet.docker('ps', '--format', '{{.Names}} {{.Ports}}')
    const published = all.split('\n').filter((line) => /syncfleet-containers-test.*->/.test(line))
    expect(published).toEqual([expect.stringMatching(/dashboard.* 127\.0\.0\.1:\d+->3000\/tcp/)])
  })

  test('runs as nobody in particular, and can write nowhere', async () => {
    for (const service of processes) {
      expect(await fleet.exec(service, 'id', '-u')).toBe('1000\n')
      await expect(fleet.exec(service, 'touch', '/app/x')).rejects.toThrow('Read-only file system')
    }
  })

  test('survives the kill of a worker that is at work', async () => {
    await keepBusy()
    await fleet.docker('kill', '--signal', 'KILL', await busyWorker())
    await fleet.up(3)
    await fleet.healthy('worker', 3)
  })

  test('is replaced by another build, container by container, while syncs are under way', async () => {
    await keepBusy()
    await fleet.build('2'.repeat(40))
    const before = await Promise.all(processes.map(async (service) => fleet.containers(service)))
    await fleet.roll()
    const after = await Promise.all(processes.map(async (service) => fleet.containers(service)))
    expect(after.map((ids) => ids.length)).toEqual(before.map((ids) => ids.length))
    expect(after.flat().filter((id) => before.flat().includes(id))).toEqual([])
    for (const id of after.flat()) {
      expect(await fleet.inspect(id, '{{index .Config.Labels "org.opencontainers.image.revision"}}')).toBe(
        '2'.repeat(40),
      )
    }
    const [leader] = await fleet.query<{ build: string }>('select build from leadership')
    expect(leader?.build).toContain('2'.repeat(40))
  })

  test('scales to one and to eight workers while syncs are under way', async () => {
    await keepBusy()
    await fleet.up(1)
    await fleet.healthy('worker', 1)
    await keepBusy()
    await fleet.up(8)
    await fleet.healthy('worker', 8)
    await keepBusy()
  })

  test('then has as many calls as the vendor, each alike', async () => {
    await fleet.sandbox('DELETE', '/control/faults')
    await fleet.sandbox('POST', '/control/clock', { freeze: true })
    const [frozen] = await fleet.query<{ at: string }>('select clock_timestamp() as at')
    await until(
      'every account synced since the vendor stood still',
      async () => {
        const behind = await fleet.query(
          `select from accounts a where not exists (
             select from syncs s where s.account_id = a.id and s.state = 'ok' and s.started_at > '${frozen?.at}')`,
        )
        return behind.length === 0
      },
      minutes(6),
    )
    for (const account of demoOf('sandbox').accounts)
      expect([account.external_id, await fleet.differences(account.external_id)]).toEqual([
        account.external_id,
        [],
      ])
  })

  test('has lost no slot and doubled none', async () => {
    const [now] = await fleet.query<{ at: string }>(
      `select least(clock_timestamp() - interval '10 seconds', min(due_at) filter (where state = 'due')) as at from slots`,
    )
    const end = new Date(now?.at ?? '')
    const slots = await fleet.query<{ job: string; due_at: string; state: string; runs: number }>(
      `select job, due_at, state, (select count(*) from runs r where r.job = s.job and r.due_at = s.due_at)::int as runs
       from slots s where due_at < '${now?.at}' order by due_at`,
    )
    for (const job of configuredJobs(loadConfig({ NODE_ENV: 'development' }))) {
      const own = slots.filter((slot) => slot.job === job.id)
      const first = new Date(own[0]?.due_at ?? end)
      const expected = instantsBetween(
        job.effective,
        new Date(first.getTime() - 1),
        new Date(end.getTime() - 1),
        10_000,
      )
      expect([job.id, own.map(({ due_at }) => new Date(due_at))]).toEqual([job.id, expected])
      const outcome = job.effective.mode === 'off' ? { state: 'off', runs: 0 } : { state: 'ran', runs: 1 }
      expect(own).toEqual(own.map((slot) => ({ ...slot, ...outcome })))
    }
    expect(slots.filter(({ job }) => job === 'ctm').length).toBeGreaterThan(10)
  })

  test('was denied nothing by Redis', async () => {
    const script =
      'redis-cli --no-auth-warning --user admin --pass "$(cat /run/secrets/redis_admin_password)" acl log'
    expect((await fleet.exec('redis', 'sh', '-c', script)).trim()).toBe('')
  })

  test('goes down with exit code 0 everywhere', async () => {
    await keepBusy()
    const codes = await fleet.stop()
    expect(Object.keys(codes).length).toBeGreaterThanOrEqual(16)
    expect(codes).toEqual(Object.fromEntries(Object.keys(codes).map((name) => [name, 0])))
  })
})
