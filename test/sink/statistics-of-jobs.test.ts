import { statistics } from '../../jobs/statistics'
import { measures, type Measure } from '../../src/job/statistics'
import { minutes } from '../../src/lib/durations'
import { createStatistics } from '../../src/sink/client-statistics'
import { cases } from '../support/conformance/cases'
import { TestWorld } from '../support/conformance/test-world'

jest.setTimeout(minutes(3))

type Row = Readonly<Record<string, unknown>>
type Totals = Partial<Record<Measure, number>>

/** What the vendor's own rows add to each measure, by table: reckoned from the truth, not from what is held. */
const reckoned: Readonly<Record<string, (row: Row) => Totals>> = {
  google_ads_campaign_days: (row) =>
    numbersOf(row, { spend: 'cost', impressions: 'impressions', clicks: 'clicks' }),
  meta_ads_ad_days: (row) => numbersOf(row, { spend: 'spend', impressions: 'impressions', clicks: 'clicks' }),
  ctm_calls: ({ direction }) => ({ calls: direction === 'inbound' || direction === 'outbound' ? 1 : 0 }),
  salesforce_opportunities: ({ is_won: isWon }) => ({ conversions: isWon === true ? 1 : 0 }),
  salesforce_leads: () => ({ leads: 1 }),
  authenticom_sales: ({ deal_status: status }) => ({ units_sold: status === 'B' || status === 'F' ? 1 : 0 }),
  authenticom_service_orders: () => ({ repair_orders: 1 }),
  authenticom_appointments: () => ({ appointments: 1 }),
  cdk_sales: ({ status_code: status }) => ({ units_sold: status === 'B' || status === 'F' ? 1 : 0 }),
  cdk_appointments: () => ({ appointments: 1 }),
}

const numbersOf = (row: Row, columns: Partial<Record<Measure, string>>): Totals =>
  Object.fromEntries(Object.entries(columns).map(([measure, column]) => [measure, Number(row[column] ?? 0)]))

describe.each(Object.values(cases).filter(({ job }) => statistics.some(({ source }) => source === job.id)))(
  'client_statistics of $job.id',
  (of) => {
    test('adds up to what the vendor says', async () => {
      await using world = await TestWorld.open(of)
      await world.catchUpAll()
      const mine = statistics.filter(({ source }) => source === of.job.id)
      const { database } = world.engine
      await createStatistics(database, database.schema, mine)
      const expected: Record<string, number> = {}
      for (const { externalId } of world.accounts)
        for (const [table, rows] of Object.entries(world.world.truth(externalId)))
          for (const row of rows)
            if (row['gone'] !== true)
              for (const [measure, value] of Object.entries(reckoned[table]?.(row) ?? {}))
                expected[measure] = (expected[measure] ?? 0) + value
      expect(Object.keys(expected)).not.toEqual([])
      const sums = measures.map((measure) => `sum(${measure})::float8 as ${measure}`).join(', ')
      const { rows } = await database.query<Record<Measure, number | null>>(
        `select ${sums} from client_statistics where source = $1`,
        [of.job.id],
      )
      const [found] = rows
      for (const [measure, value] of Object.entries(expected))
        expect({ [measure]: found?.[measure as Measure] }).toEqual({ [measure]: expect.closeTo(value, 3) })
    })
  },
)
