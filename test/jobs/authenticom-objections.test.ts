import { authenticom } from '../../jobs/authenticom/definition'
import { sync } from '../../jobs/authenticom/sync'
import { startSandbox } from '../../sandbox'
import { hours } from '../../src/lib/durations'
import { syncFully } from '../support/conformance/drive'
import { JobEngine } from '../support/conformance/job-engine'

const start = new Date('2026-03-10T16:00:00Z')
const program = { program_id: 'DVV10001', subscription_key: 'the-key', user_email: 'feeds@agency.example' }
const id = 'DVD40001'

const setup = async () => {
  const engine = await JobEngine.open(authenticom, sync, start)
  const sandbox = await startSandbox({
    port: 0,
    now: engine.clock.now,
    epoch: start,
    dealervault: {
      program,
      rooftops: [{ id, timezone: 'America/New_York', sales: 60, serviceOrders: 60, appointments: 60 }],
      limits: { perSecond: 100_000, inFlight: 10 },
    },
  })
  await engine.admit({
    credentials: [{ id: 'agency', secrets: program }],
    accounts: [{ externalId: id, credential: 'agency', timezone: 'America/New_York' }],
  })
  const worker = engine.worker({ baseUrls: { dealervault: sandbox.baseUrl('dealervault') } as never })
  const hashes = async (customer: string) => {
    const { rows } = await engine.database.query<{ rows: string; hashes: string }>(
      `select count(*) as rows, count(email_hash) + count(phone_hash) as hashes from (
         select customer_number, email_hash, phone_hash from authenticom_sales
         union all select customer_number, email_hash, phone_hash from authenticom_service_orders
         union all select customer_number, email_hash, phone_hash from authenticom_appointments
       ) held where customer_number = $1`,
      [customer],
    )
    return { rows: Number(rows[0]?.rows), hashes: Number(rows[0]?.hashes) }
  }
  return {
    vendor: sandbox.vendors.dealervault,
    hashes,
    /** A customer with rows in more than one table, none of which objects. */
    customer: async () => {
      const { rows } = await engine.database.query<{ customer: string; deal: string }>(
        `select customer_number as customer, min(deal_number) as deal from authenticom_sales s
         where email_hash is not null and phone_hash is not null
           and customer_number in (select customer_number from authenticom_service_orders where email_hash is not null)
         group by customer_number order by count(*) desc limit 1`,
      )
      return rows[0] ?? { customer: '', deal: '' }
    },
    synced: async (after = 0) => {
      await engine.clock.advance(after)
      const [account] = engine.accounts
      if (account) await syncFully(engine, worker, account)
    },
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await sandbox[Symbol.asyncDispose]()
    },
  }
}

describe('a customer who objects', () => {
  test.each([
    ['Opt Out', 'opt_out'],
    ['Block Email', 'block_email'],
    ['Block Phone', 'block_phone'],
  ])('by %s has no hash in any table, not in rows that were stored before either', async (header, column) => {
    await using world = await setup()
    await world.synced()
    const { customer, deal } = await world.customer()
    const before = await world.hashes(customer)
    expect(before.rows).toBeGreaterThan(1)
    expect(before.hashes).toBe(2 * before.rows)

    world.vendor.change(id, 'SL', deal, { raw: { [header]: 'Y' }, truth: { [column]: true } })
    await world.synced(hours(4))
    expect(await world.hashes(customer)).toEqual({ rows: before.rows, hashes: 0 })
  })
})
