import { createHmac } from 'node:crypto'
import { loadConfig } from '../../config/load'
import type { FaultInput } from '../../sandbox'
import { minutes } from '../../src/lib/durations'
import { Fleet, type FleetAccount, type FleetCommand } from '../support/fleet'
import { everythingInPostgres, everythingInRedis } from '../support/everything'
import type { Spawned } from '../support/spawned'
import { until } from '../support/until'

const account: FleetAccount = { id: 771_001, timezone: 'America/Chicago', history: 0, every: 0 }

const number = '+13125550142'
/** What the vendor knows of a caller, each value like no other. */
const person = {
  caller_number: number,
  caller_number_bare: '3125550142',
  caller_number_format: '(312) 555-0142',
  contact_number: '+13125550143',
  name: 'CANARYNAME Nightingale',
  cnam: 'CANARYCNAM',
  email: 'canary.caller@mail.example',
  street: '77 CANARYSTREET',
  city: 'Evanston',
  postal_code: '60614-2345',
  latitude: 41.878113,
  longitude: -87.629799,
  geo: { point: 'CANARYGEO' },
  visitor_ip: '198.51.100.77',
  transcription: 'CANARYTRANSCRIPTION',
  transcription_text: 'CANARYTRANSCRIPT and more',
  summary: 'CANARYSUMMARY',
  notes: 'CANARYNOTES',
  audio: 'https://recordings.example/CANARYRECORDING.mp3',
  form: { custom: [{ name: 'birthday', value: 'CANARYFORM' }] },
  custom_fields: { birthday: 'CANARYBIRTHDAY' },
  agent: { id: 'USR77', name: 'CANARYAGENT', email: 'canary.agent@mail.example' },
  sale: { value: 21_500, notes: 'CANARYSALE', service_rep_name: 'CANARYREP' },
  location: 'https://dealer.example/trucks?who=CANARYQUERY#CANARYFRAGMENT',
  referrer: 'https://CANARYLOGIN:CANARYPASSWORD@dealer.example/thanks/canary.caller%40mail.example/x',
  last_location: 'https://dealer.example/call/3125550142',
}

const canaries = [
  'CANARY',
  'canary.',
  '3125550142',
  '555-0142',
  '3125550143',
  '198.51.100.77',
  '60614',
  '41.878',
  '87.629',
  'access-771001',
  'secret-771001',
  Buffer.from('access-771001:secret-771001').toString('base64'),
] as const

/** An answer that repeats what it was asked with, and more. */
const echo = {
  error: `key access-771001 with secret-771001 asked for ${person.name} ${number} ${person.email}`,
  headers: { authorization: Buffer.from('access-771001:secret-771001').toString('base64') },
  call: person,
}

describe('a sync of calls that name persons', () => {
  let fleet: Fleet
  let processes: Map<FleetCommand, { spawned: Spawned; port: number }>
  let places: Map<string, string>
  beforeAll(async () => {
    fleet = await Fleet.open([account], {
      CTM_CRON: '0 0 1 1 *',
      LOG_LEVEL: 'debug',
      CTM_BACKOFF_CAP_SECONDS: '1',
    })
    processes = new Map()
    for (const command of ['scheduler', 'worker', 'dashboard'] as const) {
      const started = await fleet.spawn(command)
      await started.spawned.logged(`${command} started`)
      processes.set(command, started)
    }
    addCalls()
    await misadventures()
    places = await everywhere()
  })
  afterAll(async () => fleet[Symbol.asyncDispose]())

  /** A good call, a redacted one, and some that no table can hold, with a person in every place. */
  function addCalls(): void {
    const { ctm } = fleet.sandbox.vendors
    const hourAgo = Math.floor(Date.now() / 1000) - 3600
    const calls = [
      person,
      { ...person, redacted: true },
      { ...person, duration: 'CANARYDURATION' },
      { ...person, id: 'CANARYID' },
      { ...person, unix_time: 'CANARYTIME' },
      { ...person, tag_list: { tag: 'CANARYTAG' } },
      { ...person, source: { name: person.name }, agent: 'CANARYAGENT' },
      { ...person, is_new_caller: 'CANARYFLAG', billed_amount: number },
    ]
    for (const [index, call] of calls.entries()) ctm.addCall(account.id, hourAgo + index, call)
  }

  /** Runs that meet every kind of answer that echoes; the last one parks the credential. */
  async function misadventures(): Promise<void> {
    const runs: readonly (readonly FaultInput[])[] = [
      [
        { kind: 'status', status: 500, body: echo },
        { kind: 'status', status: 429, retryAfter: 1, body: echo },
        { kind: 'truncated' },
      ],
      [{ kind: 'status', status: 503, body: echo, times: 3 }],
      [{ kind: 'status', status: 200, body: { calls: person.name, error: echo }, times: 3 }],
      [
        {
          kind: 'status',
          status: 200,
          body: { calls: [person], next_page: `https://${person.email}/${number}` },
        },
      ],
      [{ kind: 'redirect', to: `https://elsewhere.example/?key=secret-771001&who=${number}` }],
      [{ kind: 'status', status: 422, body: echo }],
      [{ kind: 'status', status: 401, body: echo }],
    ]
    for (const faults of runs) {
      for (const fault of faults) fleet.sandbox.faults.add(fault)
      await fleet.run()
      await until('the run is settled', async () => {
        const { rowCount } = await fleet.database.query("select 1 from runs where state = 'running'")
        return rowCount === 0
      })
    }
  }

  /** All that the fleet has kept, said and shown, by place. */
  async function everywhere(): Promise<Map<string, string>> {
    const redisUrl = fleet.env['REDIS_URL'] ?? ''
    const prefix = fleet.env['QUEUE_PREFIX'] ?? ''
    const found = new Map<string, string>([
      ...(await everythingInPostgres(fleet.database)),
      ...(await everythingInRedis(redisUrl, prefix)),
    ])
    const { metricsToken } = loadConfig(fleet.env)
    for (const [command, { spawned, port }] of processes) {
      found.set(`log of the ${command}`, JSON.stringify([spawned.lines, spawned.other]))
      const headers = { authorization: `Bearer ${metricsToken}` }
      found.set(
        `metrics of the ${command}`,
        await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text(),
      )
    }
    for (const [path, text] of await pages(processes.get('dashboard')?.port ?? 0)) found.set(path, text)
    return found
  }

  test('met every trouble that was made for it', async () => {
    expect(fleet.sandbox.faults.pending).toBe(0)
    const { rows: attempts } = await fleet.database.query<{ code: string | null }>(
      'select error_code as code from attempts order by sync_id, number',
    )
    expect(attempts.map(({ code }) => code)).toEqual([
      null,
      'vendor_unavailable',
      null,
      'vendor_response',
      'vendor_response',
      'vendor_response',
      'vendor_request',
      'vendor_auth',
    ])
    const { rows: rejected } = await fleet.database.query('select reason from rejected_records')
    expect(rejected.length).toBeGreaterThanOrEqual(5)
  })

  test('looked everywhere: what may be kept is found', () => {
    const where = (text: string) =>
      [...places].filter(([, content]) => content.includes(text)).map(([place]) => place)
    expect(where('Evanston')).toEqual(expect.arrayContaining(['table ctm_calls', 'table rejected_records']))
    expect(where('vendor_auth')).toEqual(
      expect.arrayContaining(['table syncs', 'table attempts', 'log of the worker']),
    )
    expect(where('status 422').some((place) => place.startsWith('redis '))).toBe(true)
    expect(where('status 422').some((place) => place.startsWith('page /queues/api'))).toBe(true)
    expect(where('syncfleet_vendor_calls_total{vendor="ctm",status="401"')).toEqual(['metrics of the worker'])
    expect(where('CTM')).toEqual(expect.arrayContaining(['page /']))
  })

  test.each(canaries)('kept, said and showed %s nowhere', (canary) => {
    expect([...places].filter(([, content]) => content.includes(canary)).map(([place]) => place)).toEqual([])
  })

  test('kept of a number its keyed hash, and of a redacted call not even that', async () => {
    const { piiPepper } = loadConfig(fleet.env)
    const { rows } = await fleet.database.query(
      'select redacted, caller_hash, postal_area, location, last_location from ctm_calls order by called_at',
    )
    expect(rows).toEqual([
      {
        redacted: false,
        caller_hash: createHmac('sha256', piiPepper).update(number).digest('hex'),
        postal_area: '606',
        location: 'https://dealer.example/trucks',
        last_location: 'https://dealer.example/call/…',
      },
      { redacted: true, caller_hash: null, postal_area: null, location: null, last_location: null },
    ])
  })
})

/** The dashboard's pages as an administrator sees them, Bull Board's own requests among them. */
async function pages(port: number): Promise<Map<string, string>> {
  const base = `http://127.0.0.1:${port}`
  const login = await fetch(`${base}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: base },
    body: new URLSearchParams({ name: 'admin', password: 'test-admin' }),
  })
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(base + path, { headers: { cookie }, signal: AbortSignal.timeout(minutes(1)) })
    if (answer.status !== 200) throw new Error(`${path}: status ${answer.status}`)
    return answer.text()
  }
  const found = new Map<string, string>()
  for (const queue of ['ctm', 'runs']) {
    for (const state of ['latest', 'completed', 'failed']) {
      const path = `/queues/api/queues?activeQueue=${queue}&status=${state}&page=1&jobsPerPage=50`
      found.set(`page ${path}`, await get(path))
    }
  }
  const ids = [...found.values()].join().match(/sync-\d+/g)
  for (const id of new Set(ids)) {
    for (const path of [`/queues/api/queues/ctm/${id}`, `/queues/api/queues/ctm/${id}/logs`]) {
      found.set(`page ${path}`, await get(path))
    }
  }
  for (const path of ['/', '/queues']) found.set(`page ${path}`, await get(path))
  return found
}
