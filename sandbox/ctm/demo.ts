import { createHash } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import { dealers } from '../dealers'
import type { DemoPart } from '../part'
import type { CtmAccountSpec, CtmKeySpec } from './account-spec'

/** The account of each dealer: calls of the past, seconds between new ones, and whose key serves it. */
const plans: readonly (readonly [id: number, history: number, every: number, key: 'agency' | 'own'])[] = [
  [40771, 2400, 9, 'agency'],
  [40772, 1800, 14, 'agency'],
  [40773, 900, 25, 'agency'],
  [40774, 1500, 18, 'agency'],
  [40775, 600, 40, 'agency'],
  [40776, 700, 32, 'agency'],
  [40777, 300, 75, 'agency'],
  [40801, 1200, 21, 'own'],
  [40802, 500, 55, 'own'],
  [40803, 400, 60, 'own'],
  [40804, 250, 120, 'own'],
  [40805, 800, 28, 'own'],
]

const demoDealers = dealers.flatMap((dealer, index) => {
  const plan = plans[index]
  if (!plan) return []
  const [id, history, every, key] = plan
  return [{ dealer, id, history, every: seconds(every), totals: id % 3 !== 0, isAgency: key === 'agency' }]
})

/** The accounts of the demo clients: a dozen, with a new call every few seconds to minutes. */
export const demoAccounts: readonly (typeof CtmAccountSpec)['_input'][] = demoDealers.map(
  ({ dealer: { name, timezone }, id, history, every, totals }) => ({
    id,
    name,
    timezone,
    history,
    every,
    totals,
  }),
)

/** The demo clients' keys: one for the agency, one each for clients that have their own. */
export function demoKeys(seed: string): CtmKeySpec[] {
  const own = demoDealers.filter(({ isAgency }) => !isAgency)
  return [keyOf(seed, 'agency', []), ...own.map(({ id }) => keyOf(seed, String(id), [id]))]
}

/** The demo clients' accounts. Several of them share the agency's credential. */
export function demoOf(seed: string): DemoPart {
  const own = demoDealers.filter(({ isAgency }) => !isAgency)
  return {
    credentials: [
      { id: 'ctm-agency', job: 'ctm', secrets: secretsOf(seed, 'agency') },
      ...own.map(({ dealer, id }) => ({
        id: `ctm-${dealer.id}`,
        job: 'ctm',
        secrets: secretsOf(seed, String(id)),
      })),
    ],
    accounts: demoDealers.map(({ dealer, id, isAgency }) => ({
      client: dealer.id,
      job: 'ctm',
      external_id: String(id),
      credential: isAgency ? 'ctm-agency' : `ctm-${dealer.id}`,
      timezone: dealer.timezone,
      settings: {},
    })),
  }
}

function secretsOf(seed: string, owner: string): Record<string, string> {
  const { access_key, secret_key, key_scope } = keyOf(seed, owner, [])
  return { access_key, secret_key, key_scope }
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
