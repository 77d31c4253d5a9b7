import { check } from '../../../../jobs/dealertrend/check'
import { dealertrend } from '../../../../jobs/dealertrend/definition'
import { sync } from '../../../../jobs/dealertrend/sync'
import { startSandbox } from '../../../../sandbox'
import type { CompanyInput } from '../../../../sandbox/dealertrend/company-spec'
import { hours } from '../../../../src/lib/durations'
import { altering } from '../altered-answers'
import {
  type ConformanceCase,
  type ConformanceFault,
  type ConformanceWorld,
  deadLetter,
  type Expected,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
} from '../case'

const tokens: Readonly<Record<string, string>> = { shared: 'the-shared-api-token', own: 'the-own-api-token' }
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
const firstPage = 'saleclass=New&per_page=50&page=1&'

/** The first account is a group, whose member's vehicles are listed under it. */
const companyOf = (id: number): CompanyInput => ({
  id,
  name: `Company ${id}`,
  token: tokens[id === 47 ? 'own' : 'shared'],
  members: id === 46 ? [52] : [],
  vehicles: id === 46 ? { New: 14, Used: 9 } : { New: 18, Used: 12 },
  every: hours(20),
  pricedEvery: hours(6),
  nothing: '404',
})
const member: CompanyInput = { ...companyOf(52), members: [], vehicles: { New: 4, Used: 3 } }

type Raw = Readonly<Record<string, unknown>>

/** What the vendor answers instead of a list's first page. */
const status = (code: number, expected: Expected, times = 1): ConformanceFault => ({
  name: `status ${code}${times > 1 ? ' that lasts for an attempt' : ''}`,
  faults: [{ kind: 'status', status: code, path: '/inventory/', times }],
  expected,
})

/** How DealerTrend is tested: its small world, and what can go wrong in it. */
export const dealertrendCase: ConformanceCase<typeof dealertrend> = {
  job: dealertrend,
  sync,
  check,
  passes: 2,
  without: {
    expireTokens: 'tokens are static',
    isExtractStart: 'there are no extracts',
  },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const ids = [46, 47, 48, 49].slice(0, Math.max(2, accounts))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      dealertrend: {
        companies: [...ids.map(companyOf), member],
        largestPage: 8,
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
      },
    })
    const vendor = sandbox.vendors.dealertrend
    const alter = altering(vendor)
    const ofLists = (change: (vehicles: readonly Raw[]) => readonly Raw[]): void =>
      alter(({ path }, answer) =>
        path.includes('/inventory/') ? { ...answer, body: change(answer.body as readonly Raw[]) } : undefined,
      )
    return {
      sandbox,
      credentials: Object.entries(tokens).map(([id, api_token]) => ({ id, secrets: { api_token } })),
      accounts: ids.map((id, index) => ({
        externalId: String(id),
        credential: id === 47 ? 'own' : 'shared',
        timezone: zones[index] ?? 'UTC',
        // One is told a host of its own, which is the same one.
        settings: id === 48 ? { base_url: sandbox.baseUrl('dealertrend'), allow_insecure: true } : {},
      })),
      truth: (externalId) => vendor.truth(externalId),
      revoke: (credential) => vendor.revoke(tokens[credential] ?? ''),
      restore: (credential) => vendor.restore(tokens[credential] ?? ''),
      malformed: (externalId) => {
        const odd = [{ id: 'no number' }, { year: 'last year' }, { photos: 'many' }]
        for (const fields of odd) vendor.addVehicle(Number(externalId), {}, fields)
        return odd.length
      },
      duplicates: () => ofLists((vehicles) => [...vehicles, ...vehicles.slice(0, 3)]),
      emptyPage: () =>
        // One page more is promised than there is.
        ofLists((vehicles) =>
          vehicles.map((vehicle) => {
            const { on_page, total } = vehicle['pagination'] as { on_page: number; total: number }
            return { ...vehicle, pagination: { on_page, total: total + 1 } }
          }),
        ),
      changeWhileRead: (externalId, page) => {
        const id = Number(externalId)
        const [first, second] = vendor.vehicles(id, 'Used')
        if (page <= 4) vendor.addVehicle(id, { saleClass: page % 2 === 0 ? 'Used' : 'New' })
        if (first) vendor.editVehicle(id, first.id, { asking: 20_000 + page })
        if (second && page === 2) vendor.removeVehicle(id, second.id)
      },
      foreignHost: (_, url) => {
        ofLists((vehicles) =>
          vehicles.map((vehicle) => ({
            ...vehicle,
            photos: (vehicle['photos'] as readonly Raw[]).map(() => ({ large: `${url}/l.jpg` })),
            carfax: { url: `${url}/carfax` },
            pagination: { ...(vehicle['pagination'] as object), next: `${url}/2` },
          })),
        )
        return gotOver
      },
    }
  },
  faults: [
    ...ordinaryFaults('/inventory/'),
    status(401, parksCredential),
    status(403, parksCredential),
    status(400, deadLetter('vendor_request')),
    // A class that is empty for a moment has no pages, and later it has some.
    status(404, gotOver),
    status(408, gotOverAfter('vendor_timeout'), 3),
    ...[500, 502, 504].map((code) => status(code, gotOverAfter('vendor_unavailable'), 3)),
    {
      name: 'a page for browsers that lasts for an attempt',
      faults: [{ kind: 'html', path: '/inventory/', times: 3 }],
      expected: deadLetter('vendor_response'),
    },
    {
      name: 'an answer that is no list',
      faults: [{ kind: 'quirk', name: 'no-list', path: '/inventory/' }],
      expected: gotOver,
    },
    {
      name: 'answers that are no list',
      faults: [{ kind: 'quirk', name: 'no-list', path: '/inventory/', times: 3 }],
      expected: deadLetter('vendor_response'),
    },
    {
      name: 'a light list that is not offered',
      faults: [{ kind: 'status', status: 404, path: '/vehicles.json?' }],
      expected: gotOver,
    },
    {
      name: 'a server error at the light list',
      faults: [{ kind: 'status', status: 503, path: '/46/vehicles.json?', times: 3 }],
      expected: gotOverAfter('vendor_unavailable'),
    },
    {
      name: 'a list that moves while it is read',
      faults: [{ kind: 'quirk', name: 'moved', path: firstPage }],
      expected: gotOver,
    },
    {
      name: 'a list that keeps moving for an attempt',
      faults: [
        { kind: 'quirk', name: 'moved', path: firstPage },
        // One time in two: the second listing's first page differs from what it is in the end, too.
        { kind: 'quirk', name: 'moved', path: firstPage, skip: 1 },
      ],
      expected: gotOverAfter('vendor_unavailable'),
    },
    {
      name: 'a page that repeats the one before',
      faults: [{ kind: 'quirk', name: 'repeat', path: 'page=2&' }],
      expected: gotOver,
    },
    {
      name: 'a company that the host does not know',
      inject: ({ sandbox }, { externalId }) => sandbox.vendors.dealertrend.closeCompany(Number(externalId)),
      expected: parksAccount,
      mend: ({ sandbox }, { externalId }) =>
        sandbox.vendors.dealertrend.addCompany(companyOf(Number(externalId))),
    },
  ],
}
