import { ctm } from '../../../jobs/ctm/definition'
import { declaredSettings } from '../../../src/job/define-job'
import type { HttpDoor } from '../../../src/job/http'
import type { AnyCheck } from '../../../src/job/sync'
import type { AccountAccess } from '../../../src/ledger/accounts/account-access'
import { checkAccounts } from '../../../src/runs/accounts/check-accounts'
import { deferred } from '../../support/deferred'

const secrets = JSON.stringify({ access_key: 'a', secret_key: 's' })
const account = (id: number, more: Partial<AccountAccess> = {}): AccountAccess => ({
  id: String(id),
  job: 'ctm',
  clientId: `client-${id}`,
  externalId: String(id),
  timezone: 'America/Chicago',
  settings: {},
  enabled: true,
  credentialId: 'key',
  secrets,
  parked: null,
  ...more,
})

const options = (check: AnyCheck, signal = new AbortController().signal) => ({
  jobs: new Map([['ctm', { job: { ...ctm, effective: declaredSettings(ctm) }, check }]]),
  doors: { http: {} as HttpDoor, unseal: (sealed: string) => sealed },
  now: () => new Date('2026-03-08T12:00:00Z'),
  signal,
})

const all = async <T>(of: AsyncGenerator<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const item of of) found.push(item)
  return found
}

describe('checkAccounts', () => {
  test('asks four at a time, and answers in order', async () => {
    const accounts = [1, 2, 3, 4, 5, 6].map((id) => account(id))
    const gates = accounts.map(() => deferred())
    const asked: string[] = []
    const check: AnyCheck = async (context) => {
      const { externalId } = (context as { account: { externalId: string } }).account
      asked.push(externalId)
      await gates[Number(externalId) - 1]?.promise
      return {}
    }
    const verdicts = all(checkAccounts(accounts, options(check)))
    expect(asked).toEqual(['1', '2', '3', '4'])
    gates[2]?.resolve()
    gates[0]?.resolve()
    for (const gate of gates) gate.resolve()
    expect((await verdicts).map(({ account: id }) => id)).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test.each([
    [
      'another time zone',
      {},
      { timezone: 'America/Denver' },
      /^time zone differs: given America\/Chicago, the vendor says America\/Denver$/,
    ],
    ['settings that do not fit', { settings: { first_load_months: 'many' } }, {}, /first_load_months/],
    [
      'secrets that do not fit',
      { secrets: '{}' },
      {},
      /^could not be asked \(credential_unreadable: .*access_key/,
    ],
    ['a job that there is not', { job: 'cdk' }, {}, /no job cdk/],
  ] as const)('finds %s', async (_, given, found, expected) => {
    const [verdict] = await all(
      checkAccounts(
        [account(1, given)],
        options(async () => found),
      ),
    )
    expect(verdict).toMatchObject({ ok: false, findings: [expect.stringMatching(expected)] })
  })

  test('shows what is worth knowing of a good account', async () => {
    const found = { name: 'Dealer', timezone: 'America/Chicago', notes: ['a trial'] }
    const [verdict] = await all(
      checkAccounts(
        [account(1, { enabled: false })],
        options(async () => found),
      ),
    )
    expect(verdict).toMatchObject({
      ok: true,
      name: 'Dealer',
      findings: ['a trial', 'disabled, so it is not synced'],
    })
  })

  test('ends with the reason of an abort', async () => {
    const stop = new AbortController()
    const check: AnyCheck = async () => {
      stop.abort(new Error('stopped'))
      stop.signal.throwIfAborted()
      return {}
    }
    await expect(all(checkAccounts([account(1)], options(check, stop.signal)))).rejects.toThrow('stopped')
  })
})
