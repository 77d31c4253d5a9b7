import { createHash } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import type { CtmAccountSpec, CtmKeySpec } from './account-spec'

interface DemoAccount extends Pick<
  CtmAccountSpec,
  'id' | 'name' | 'timezone' | 'history' | 'every' | 'totals'
> {
  readonly clientId: string
  /** Served by the agency's key; the others have one of their own. */
  readonly isAgency: boolean
}

const dealer = (
  id: number,
  name: string,
  timezone: string,
  [history, every]: readonly [number, number],
  isAgency: boolean,
): DemoAccount => ({
  id,
  clientId: name.toLowerCase().replaceAll(' ', '-'),
  name,
  timezone,
  history,
  every: seconds(every),
  totals: id % 3 !== 0,
  isAgency,
})

const dealers: readonly DemoAccount[] = [
  dealer(40771, 'Northgate Motors', 'America/New_York', [2400, 9], true),
  dealer(40772, 'Lakeshore Auto Group', 'America/Chicago', [1800, 14], true),
  dealer(40773, 'Mesa Vista Trucks', 'America/Phoenix', [900, 25], true),
  dealer(40774, 'Harbor City Imports', 'America/Los_Angeles', [1500, 18], true),
  dealer(40775, 'Prairie Wind Autos', 'America/Denver', [600, 40], true),
  dealer(40776, 'Bluegrass Car Center', 'America/Kentucky/Louisville', [700, 32], true),
  dealer(40777, 'Summit Ridge Motors', 'America/Boise', [300, 75], true),
  dealer(40801, 'Gulf Coast Cars', 'America/Chicago', [1200, 21], false),
  dealer(40802, 'Pine Hollow Autos', 'America/Detroit', [500, 55], false),
  dealer(40803, 'Aloha Drive Center', 'Pacific/Honolulu', [400, 60], false),
  dealer(40804, 'Far North Vehicles', 'America/Anchorage', [250, 120], false),
  dealer(40805, 'Maple Leaf Motors', 'America/Toronto', [800, 28], false),
]

/** The accounts of the demo clients: a dozen, with a new call every few seconds to minutes. */
export const demoAccounts: readonly (typeof CtmAccountSpec)['_input'][] = dealers.map(
  ({ id, name, timezone, history, every, totals }) => ({ id, name, timezone, history, every, totals }),
)

/** The demo clients' keys: one for the agency, one each for clients that have their own. */
export function demoKeys(seed: string): CtmKeySpec[] {
  const own = dealers.filter(({ isAgency }) => !isAgency)
  return [keyOf(seed, 'agency', []), ...own.map(({ id }) => keyOf(seed, String(id), [id]))]
}

/** A demo client with its account, in the words of the import files. */
export interface DemoClient {
  readonly client: {
    readonly id: string
    readonly name: string
    readonly timezone: string
    readonly owner_email: string
  }
  readonly credential: {
    readonly id: string
    readonly job: 'ctm'
    readonly secrets: Pick<CtmKeySpec, 'access_key' | 'secret_key' | 'key_scope'>
  }
  readonly account: {
    readonly client: string
    readonly job: 'ctm'
    readonly external_id: string
    readonly credential: string
    readonly timezone: string
    readonly settings: Readonly<Record<string, never>>
  }
}

/** What `npm start` imports, for a sandbox of the same seed. Several clients share the agency's credential. */
export function demoClients(seed: string): DemoClient[] {
  return dealers.map(({ id, clientId, name, timezone, isAgency }) => {
    const { access_key, secret_key, key_scope } = keyOf(seed, isAgency ? 'agency' : String(id), [])
    const credential = isAgency ? 'ctm-agency' : `ctm-${clientId}`
    return {
      client: { id: clientId, name, timezone, owner_email: `owner@${clientId}.example` },
      credential: { id: credential, job: 'ctm', secrets: { access_key, secret_key, key_scope } },
      account: { client: clientId, job: 'ctm', external_id: String(id), credential, timezone, settings: {} },
    }
  })
}

function keyOf(seed: string, owner: string, accounts: number[]): CtmKeySpec {
  const digest = (part: string): string =>
    createHash('sha256').update(`${seed} ctm ${owner} ${part}`).digest('hex')
  return {
    access_key: `a${digest('access').slice(0, 24)}`,
    secret_key: digest('secret').slice(0, 40),
    key_scope: owner === 'agency' ? 'agency' : 'account',
    accounts,
  }
}
