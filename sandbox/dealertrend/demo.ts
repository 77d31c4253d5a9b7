import { createHash } from 'node:crypto'
import { hours, minutes } from '../../src/lib/durations'
import { dealers, type Dealer } from '../dealers'
import type { DemoPart, SandboxPart } from '../part'
import type { CompanyInput } from './company-spec'

const companyIdOf = ({ number }: Dealer): number => 4600 + number
/** Every third host wants a token. */
const wantsToken = ({ number }: Dealer): boolean => number % 3 === 0
/** One dealer is a group with two houses besides its own. */
const membersOf = ({ number }: Dealer): readonly number[] => (number === 2 ? [4702, 4802] : [])

/**
 * The companies of the demo clients: a few dozen vehicles each, prices that change every minute or so, and so slow a coming
 * and going that a copy of some days ago is still believed to be of the same lot.
 */
export function demoCompanies(seed: string): CompanyInput[] {
  return dealers.flatMap((dealer): CompanyInput[] => {
    const { name, number } = dealer
    const members = membersOf(dealer)
    const house = { every: hours(8), pricedEvery: number % 4 === 0 ? 0 : minutes(40) }
    const company: CompanyInput = {
      ...house,
      id: companyIdOf(dealer),
      name,
      members: [...members],
      vehicles: { New: 10 + 5 * number, Used: 14 + 2 * number },
      lightList: number !== 5,
      ...(wantsToken(dealer) ? { token: tokenOf(seed, dealer) } : {}),
    }
    const houses = members.map((id, index) => ({
      ...house,
      id,
      name: `${name} ${index === 0 ? 'North' : 'South'}`,
      vehicles: { New: 9, Used: 12 },
    }))
    return [company, ...houses]
  })
}

/** The demo clients' accounts. One names its host itself, as some dealers are told one of their own. */
export const demoOf: SandboxPart<unknown, never>['demo'] = (seed, baseUrls): DemoPart => ({
  credentials: [
    { id: 'dealertrend-open', job: 'dealertrend', secrets: {} },
    ...dealers.filter(wantsToken).map((dealer) => ({
      id: `dealertrend-${dealer.id}`,
      job: 'dealertrend',
      secrets: { api_token: tokenOf(seed, dealer) },
    })),
  ],
  accounts: dealers.map((dealer) => ({
    client: dealer.id,
    job: 'dealertrend',
    external_id: String(companyIdOf(dealer)),
    credential: wantsToken(dealer) ? `dealertrend-${dealer.id}` : 'dealertrend-open',
    timezone: dealer.timezone,
    settings: dealer.number === 4 ? { base_url: baseUrls.dealertrend, allow_insecure: true } : {},
  })),
})

const tokenOf = (seed: string, { id }: Dealer): string =>
  createHash('sha256').update(`${seed} dealertrend ${id}`).digest('hex').slice(0, 40)
