import { check } from '../../jobs/ctm/check'
import { ctm } from '../../jobs/ctm/definition'
import { sync } from '../../jobs/ctm/sync'
import { sandboxSettings, startSandbox } from '../../sandbox'
import { type Console, consoleOf } from '../bin/commands/console'
import { days, hours } from '../../src/lib/durations'
import { TestWorld } from './conformance/test-world'
import { testUrl } from './redis'

const key = { access_key: 'good-access-key', secret_key: 'good-secret-key', key_scope: 'account' } as const
const strangersKey = {
  access_key: 'other-access-key',
  secret_key: 'other-secret-key',
  key_scope: 'account',
} as const
export const zone = 'America/Chicago'

export interface CtmWorldOptions {
  /** Calls of each account, one every `every` milliseconds back from the start. Default none. */
  readonly calls?: number
  /** Default an hour. */
  readonly every?: number
  readonly start?: Date
}

/**
 * CTM on real stores with three accounts: 71 and 72 on one credential, and 73 on one whose key does not open it. For tests of
 * what people ask for: checks, comparisons, backfills.
 */
export async function ctmWorld({
  calls = 0,
  every = hours(1),
  start,
}: CtmWorldOptions = {}): Promise<TestWorld> {
  return TestWorld.open(
    {
      job: ctm,
      sync,
      check,
      faults: [],
      open: async ({ now, epoch }) => {
        const sandbox = await startSandbox({
          port: 0,
          now,
          epoch,
          ctm: {
            accounts: [71, 72, 73].map((id) => ({ id, name: `Dealer ${id}`, timezone: zone })),
            keys: [
              { ...key, accounts: [71, 72] },
              { ...strangersKey, accounts: [] },
            ],
            limits: { perSecond: 100_000, inFlight: 1000 },
          },
        })
        const vendor = sandbox.vendors.ctm
        for (const id of [71, 72, 73]) {
          for (let index = 1; index <= calls; index += 1)
            vendor.addCall(id, Math.floor((epoch.getTime() - index * every) / 1000))
        }
        const account = (externalId: string, credential: string) => ({
          externalId,
          credential,
          timezone: zone,
          settings: { first_load_months: Math.max(1, Math.ceil((calls * every) / days(28))) },
        })
        return {
          sandbox,
          credentials: [
            { id: 'good', secrets: key },
            { id: 'strange', secrets: strangersKey },
          ],
          accounts: [account('71', 'good'), account('72', 'good'), account('73', 'strange')],
          truth: (externalId) => ({
            ctm_calls: [...vendor.truth(Number(externalId))].map(({ hash: _hash, ...row }) => row),
          }),
          revoke: () => vendor.revoke(key.access_key),
          restore: () => vendor.restore(key.access_key),
        }
      },
    },
    start ? { start } : {},
  )
}

/** The command line over such a world, as an operator's machine has it. */
export function consoleOver({ engine, world }: TestWorld): Console {
  return consoleOf(engine.database, {
    REDIS_URL: testUrl('TEST_REDIS_URL'),
    QUEUE_PREFIX: engine.queues.prefix,
    ENCRYPTION_KEYS: `test:${engine.sealingKey.toString('base64')}`,
    VENDOR_BUCKET_SCALE: '1000',
    ...sandboxSettings(world.sandbox.url),
  })
}
