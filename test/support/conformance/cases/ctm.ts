import { check } from '../../../../jobs/ctm/check'
import { ctm } from '../../../../jobs/ctm/definition'
import { sync } from '../../../../jobs/ctm/sync'
import { startSandbox } from '../../../../sandbox'
import { days, hours } from '../../../../src/lib/durations'
import { dayOf } from '../../../../src/lib/local-days'
import { altering } from '../altered-answers'
import {
  type ConformanceCase,
  type ConformanceWorld,
  deadLetter,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
} from '../case'

const agency = {
  access_key: 'agency-access-key',
  secret_key: 'agency-secret-key',
  key_scope: 'agency',
} as const
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
const firstLoadMonths = 2
/** Over fifty days, so that a month has two pages, and the days before the first load have none. */
const history = 80
const largestPage = 30

interface CallsAnswer {
  readonly calls?: readonly unknown[]
  readonly next_page?: string | null
}

/** How CTM is tested: its small world, and what can go wrong in it. */
export const ctmCase: ConformanceCase<typeof ctm> = {
  job: ctm,
  sync,
  check,
  canaries: [
    /SAMPLE/,
    'person@example.test',
    '192.0.2.17',
    '1.2.3.4',
    Buffer.from(`${agency.access_key}:${agency.secret_key}`).toString('base64'),
  ],
  without: {
    expireTokens: 'there are no tokens',
    isExtractStart: 'there are no extracts',
  },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => ({
      externalId: String(771 + index),
      credential: 'agency',
      timezone,
      settings: { first_load_months: firstLoadMonths },
    }))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      ctm: {
        accounts: held.map(({ externalId, timezone }) => ({
          id: Number(externalId),
          name: `Account ${externalId}`,
          timezone,
          every: hours(2),
        })),
        keys: [agency],
        largestPage,
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
      },
    })
    const vendor = sandbox.vendors.ctm
    const alter = altering(vendor)
    for (const { externalId } of held) {
      for (let index = 1; index <= history; index += 1) {
        const at = Math.floor((epoch.getTime() - (days(50) * index) / history) / 1000)
        vendor.addCall(Number(externalId), at, index % 7 === 0 ? { tag_list: [] } : {})
      }
    }
    const ofCalls = (change: (page: CallsAnswer) => CallsAnswer): void =>
      alter(({ path }, answer) =>
        path.includes('/calls') ? { ...answer, body: change(answer.body as CallsAnswer) } : undefined,
      )
    const malformed = new Set<string>()
    const justNow = (): number => Math.floor(now().getTime() / 1000) - 600

    return {
      sandbox,
      credentials: [{ id: 'agency', secrets: agency }],
      accounts: held,
      truth: (externalId) => {
        const { timezone = 'UTC' } = held.find((account) => account.externalId === externalId) ?? {}
        const rows = [...vendor.truth(Number(externalId))]
          .filter(({ call_id }) => !malformed.has(String(call_id)))
          .map(({ hash: _hash, ...row }) => ({
            ...row,
            external_account_id: externalId,
            call_day: dayOf(new Date(String(row.called_at)), timezone),
          }))
        return { ctm_calls: rows }
      },
      revoke: () => vendor.revoke(agency.access_key),
      restore: () => vendor.restore(agency.access_key),
      malformed: (externalId) => {
        const id = Number(externalId)
        for (const fields of [{ id: 'no number' }, { duration: 'long' }]) {
          const made = vendor.addCall(id, justNow(), fields)
          malformed.add(String('id' in fields ? fields.id : made))
        }
        return malformed.size
      },
      duplicates: () =>
        ofCalls((page) => ({ ...page, calls: [...(page.calls ?? []), ...(page.calls ?? []).slice(0, 20)] })),
      emptyPage: () =>
        // Behind the last page another one, with nothing on it.
        ofCalls((page) =>
          page.next_page === null && page.calls?.length
            ? { ...page, next_page: `https://api.example/calls.json?per_page=150&after=${nothingMore}` }
            : page,
        ),
      changeWhileRead: (externalId, page) => {
        const id = Number(externalId)
        const added = vendor.addCall(id, justNow() + page, { tag_list: ['sales'] })
        vendor.editCall(id, added, { tag_list: ['sales', `seen on page ${page}`] })
      },
      foreignHost: (_, url) => {
        ofCalls((page) => ({
          ...page,
          next_page: page.next_page ? page.next_page.replace(/^https?:\/\/[^/]+/, url) : null,
        }))
        return gotOver
      },
    }
  },
  faults: [
    ...ordinaryFaults('/calls'),
    {
      name: 'a page size that the vendor refuses',
      faults: [{ kind: 'status', status: 400, body: { error: 'per_page limit is 150' } }],
      expected: deadLetter('vendor_request'),
    },
    {
      name: 'an account that the key does not open',
      faults: [{ kind: 'status', status: 403, body: { error: 'Access to this account is denied' } }],
      expected: parksAccount,
    },
    {
      name: 'an account that is unknown',
      faults: [{ kind: 'status', status: 404, body: { error: 'Not found' } }],
      expected: parksAccount,
    },
    {
      name: 'a timeout of the vendor’s own',
      faults: [{ kind: 'status', status: 408, times: 3 }],
      expected: gotOverAfter('vendor_timeout'),
    },
    {
      name: 'answers without calls',
      faults: [{ kind: 'quirk', name: 'without-calls', times: 2 }],
      expected: gotOver,
    },
    {
      name: 'answers that stay without calls',
      faults: [{ kind: 'quirk', name: 'without-calls', times: 3 }],
      expected: deadLetter('vendor_response'),
    },
    {
      name: 'a page that leads back to itself',
      // The first window has no calls, and so no next page.
      faults: [{ kind: 'quirk', name: 'loop', skip: 1 }],
      expected: deadLetter('paging_loop'),
    },
    {
      name: 'missing totals',
      faults: [{ kind: 'quirk', name: 'missing-totals', times: 3 }],
      expected: gotOver,
    },
  ],
}

/** A place before all calls, as the sandbox writes it. */
const nothingMore = Buffer.from('0.0').toString('base64url')
