import { countFailure, openBreaker } from '../../../src/ledger/gates/breakers'
import { closeIncident, openIncident } from '../../../src/ledger/gates/incidents'
import { testDatabase } from '../../support/database'
import { addAccount } from '../../support/fleet-history'
import { consoleOf } from './console'

describe('incidents', () => {
  test('tells what lasts first, since when, how often it was met, and what it says', async () => {
    await using database = await testDatabase()
    const parked = { kind: 'account-parked', subject: 'account 7', job: 'ctm' } as const
    const broken = { kind: 'breaker-open', subject: 'credential cdk-1', job: 'cdk' } as const
    await openIncident(database, { ...parked, message: 'no such account' })
    await openIncident(database, { ...parked, message: 'no such account' })
    await openIncident(database, { ...broken, message: '503' })
    await closeIncident(database, broken, 'a sync went well')
    const { type } = consoleOf(database)

    const open = (await type(['incidents'])).printed.split('\n')
    expect(open).toEqual([
      expect.stringMatching(/^SINCE +STATE +KIND +SUBJECT +JOB +TIMES +LAST +MESSAGE$/),
      expect.stringMatching(/^\S+Z +open +account-parked +account 7 +ctm +2 +\S+Z +no such account$/),
    ])
    const all = (await type(['incidents', '--all'])).printed.split('\n')
    expect(all[1]).toMatch(/^\S+Z +open +account-parked +account 7 /)
    expect(all[2]).toMatch(/over after .*breaker-open +credential cdk-1 +cdk +1 .*503; a sync went well$/)
    expect(JSON.parse((await type(['incidents', '--all', '--job', 'cdk', '--json'])).printed)).toMatchObject([
      { ...broken, closing: 'a sync went well' },
    ])
    expect(await type(['incidents', '--job', 'cdk'])).toMatchObject({ code: 0, printed: 'none' })
    expect(await type(['incidents', '--job', 'cdkk'])).toMatchObject({ code: 2 })
    expect(await type(['incidents', '--limit', '0'])).toMatchObject({ code: 2 })
  })
})

describe('accounts list', () => {
  test('names the circuit breaker that an account is behind, its own or its credential’s', async () => {
    await using database = await testDatabase()
    const acme = await addAccount(database, 'ctm', 'acme')
    await addAccount(database, 'cdk', 'bolt')
    const { type } = consoleOf(database)
    const states = async () =>
      (await type(['accounts', 'list'])).printed
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/).at(-1))
    const count = async (accountId: string, credentialId: string, scope: 'account' | 'credential') => {
      const error = { errorClass: 'vendor-down', code: 'vendor_unavailable', message: 'status 503' } as const
      const subject = scope === 'account' ? accountId : credentialId
      await countFailure(database, { accountId, credentialId }, error)
      return () => openBreaker(database, { scope, subject }, 60_000)
    }
    const openAccount = await count(acme, 'ctm-key', 'account')
    const openCredential = await count('99', 'cdk-key', 'credential')
    expect(await states()).toEqual(['enabled', 'enabled'])
    await openAccount()
    await openCredential()
    expect(await states()).toEqual([
      expect.stringMatching(/^circuit breaker of account \d+ open until .* UTC: status 503$/),
      expect.stringMatching(/^circuit breaker of credential cdk-key open until .* UTC: status 503$/),
    ])
  })
})
