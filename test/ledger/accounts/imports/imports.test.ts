import { listAccounts } from '../../../../src/ledger/accounts/accounts'
import { listClients } from '../../../../src/ledger/accounts/clients'
import { testDatabase } from '../../../support/database'
import { parkByHand } from '../../../support/ledger'
import { seeded, worldOf } from '../../world'

describe('importing clients', () => {
  test('adds the good rows, names the bad ones, and changes nothing the second time', async () => {
    await using database = await testDatabase()
    const { clients } = worldOf(database)
    const text = [
      '\uFEFFid,name,timezone,owner_email',
      'acme,"Acme, Motors",America/Chicago,owner@acme.test',
      '',
      'bolt,"Bolt',
      'Cars",Mars/Olympus,not-an-address',
      'acme,Acme again,America/Denver,',
      'cone,Cone,UTC',
      '!,Dent,America/Denver,',
      'east,East 6" Wheels,America/New_York,',
    ].join('\n')
    const rejected = [
      {
        line: 4,
        problem:
          'timezone: expected an IANA time zone, e.g. America/Chicago, got "Mars/Olympus"; owner_email: expected a valid email address, got "not-an-address"',
      },
      { line: 6, problem: 'client acme stands at 2 already' },
      { line: 7, problem: 'expected 4 cells as in the header, got 3' },
      {
        line: 8,
        problem: 'id: expected letters, digits, . _ and -, 63 at most, a letter or digit first, got "!"',
      },
    ]

    expect(await clients(text)).toEqual({ inserted: 2, updated: 0, unchanged: 0, rejected })
    expect(await clients(text)).toEqual({ inserted: 0, updated: 0, unchanged: 2, rejected })
    expect(await clients('id,name,timezone\nacme,Acme,America/Chicago')).toMatchObject({ updated: 1 })
    expect(await listClients(database)).toMatchObject([
      { id: 'acme', name: 'Acme', ownerEmail: null, accounts: 0 },
      { id: 'east', name: 'East 6" Wheels' },
    ])
  })

  test('refuses a file whose columns are not the right ones', async () => {
    await using database = await testDatabase()
    const { clients } = worldOf(database)

    await expect(clients('id,nam,timezone,id\n')).rejects.toThrow(
      'line 1: no column is called "nam"; did you mean name?; column name is missing; column id is there twice',
    )
    await expect(clients('')).rejects.toThrow('the file is empty')
    await expect(clients('[{"id": secret}]')).rejects.toThrow(/^expected a JSON array of objects$/)
  })

  test('says where a quote was opened that nothing closes', async () => {
    await using database = await testDatabase()
    const { clients } = worldOf(database)

    expect(await clients('id,name,timezone\nacme,Acme,UTC\nbolt,"Bolt,UTC\ncone,Cone,UTC')).toEqual({
      inserted: 1,
      updated: 0,
      unchanged: 0,
      rejected: [{ line: 3, problem: 'a quote opened here is never closed: nothing from here on was read' }],
    })
  })

  test('takes JSON, where a row is named by its place', async () => {
    await using database = await testDatabase()
    const { clients } = worldOf(database)
    const rows = [{ id: 'acme', name: 'Acme', timezone: 'UTC', owner_email: null }, 5, { id: 'x', nmae: 'X' }]

    expect(await clients(JSON.stringify(rows))).toMatchObject({
      inserted: 1,
      rejected: [
        { line: 2, problem: 'expected an object' },
        { line: 3, problem: 'no column is called "nmae"; did you mean name?' },
      ],
    })
  })

  test('at once from two places adds every client once', async () => {
    await using database = await testDatabase()
    const { clients } = worldOf(database)
    const text = 'id,name,timezone\nacme,Acme,UTC\nbolt,Bolt,UTC'
    const reports = await Promise.all([clients(text), clients(text)])

    expect(reports.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(2)
    expect(reports.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(2)
  })
})

describe('importing credentials', () => {
  test('checks the secrets as the job declares them, and shows none of them', async () => {
    await using database = await testDatabase()
    const { credentials } = worldOf(database)
    const report = await credentials(
      JSON.stringify([
        { id: 'a', job: 'ctm', secrets: { access_key: 'hunter2', secrt_key: 'hunter2' } },
        { id: 'b', job: 'google-ads', secrets: { flow: 'hunter2' } },
        { id: 'c', job: 'campaign', secrets: { access_token: 'x', app_id: 'hunter2' } },
        { id: 'd', job: 'cmt', secrets: 'hunter2' },
      ]),
    )

    expect(report).toMatchObject({ inserted: 0, updated: 0 })
    expect(report.rejected.map(({ line }) => line)).toEqual([1, 2, 3, 4])
    expect(report.rejected.map(({ problem }) => problem)).toEqual([
      'secrets.secret_key: expected string, got nothing; secrets.secrt_key: no such field; did you mean secret_key?',
      expect.stringMatching(/^secrets\.flow: .*got a value that is not shown$/),
      'secrets.app_id: expected the app’s id, digits only, got a value that is not shown',
      expect.stringMatching(
        /^job: expected one of salesforce, .*, got "cmt"; secrets: expected object, got a value that is not shown$/,
      ),
    ])
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  test('takes secrets as JSON in a CSV cell', async () => {
    await using database = await testDatabase()
    const { credentials } = worldOf(database)
    const text = 'id,job,secrets\na,ctm,"{""access_key"": ""k"", ""secret_key"": ""s""}"\nb,ctm,hunter2'

    expect(await credentials(text)).toMatchObject({
      inserted: 1,
      rejected: [{ line: 3, problem: 'secrets: expected object, got a value that is not shown' }],
    })
  })

  test('leaves a credential with the job it belongs to', async () => {
    await using database = await testDatabase()
    const { credentials } = await seeded(database)
    const report = await credentials(
      JSON.stringify([{ id: 'acme-ctm', job: 'cdk', secrets: { api_key: 'x', api_secret: 'x' } }]),
    )

    expect(report.rejected).toEqual([
      { line: 1, problem: 'job: credential acme-ctm belongs to job ctm, got "cdk"' },
    ])
  })
})

describe('importing accounts', () => {
  test('takes the client’s zone where the account has none, and fills what is left out', async () => {
    await using database = await testDatabase()
    await seeded(database)

    expect(await listAccounts(database, { client: 'acme' })).toMatchObject([
      {
        job: 'ctm',
        externalId: '40771',
        timezone: 'America/Chicago',
        enabled: true,
        settings: {},
        lastOkAt: null,
      },
    ])
  })

  test('names what does not fit what is known', async () => {
    await using database = await testDatabase()
    const { accounts, credentials } = await seeded(database)
    await credentials(
      JSON.stringify([{ id: 'acme-meta', job: 'meta-ads', secrets: { access_token: 'x', app_id: '1' } }]),
    )
    const report = await accounts(
      [
        'client,job,external_id,credential,enabled,settings',
        'acne,ctm,1,acme-ctm,,',
        'acme,ctm,1,acme-cmt,,',
        'acme,ctm,1,acme-meta,,',
        'acme,ctm,abc,acme-ctm,yes,"{""first_load_month"": 5}"',
        'acme,cdk,0f6d5f2e-8d0e-4a5e-9a43-1f1f3b1a7d10,acme-ctm,,',
        'acme,meta-ads,300400500,acme-meta,false,"{""lookback_days"": 7}"',
      ].join('\n'),
    )

    expect(report).toEqual({
      inserted: 1,
      updated: 0,
      unchanged: 0,
      rejected: [
        { line: 2, problem: 'client: expected one that is known, got "acne"; did you mean acme?' },
        {
          line: 3,
          problem: 'credential: expected one that is known, got "acme-cmt"; did you mean acme-ctm?',
        },
        { line: 4, problem: 'credential: expected one of job ctm, got "acme-meta" of job meta-ads' },
        {
          line: 5,
          problem:
            'external_id: expected the numeric account id of CallTrackingMetrics, got "abc"; enabled: expected boolean, got "yes"; settings.first_load_month: no such field; did you mean first_load_months?',
        },
        { line: 6, problem: expect.stringMatching(/^settings\.departments: expected object, got nothing$/) },
      ],
    })
  })

  test('un-parks an account that it brings in again, changed or not', async () => {
    await using database = await testDatabase()
    const { accounts } = await seeded(database)
    const [account] = await listAccounts(database)
    await parkByHand(database, 'accounts', account?.id ?? '', 'no access')

    const file = 'client,job,external_id,credential\nacme,ctm,40771,acme-ctm'
    expect(await accounts(file)).toMatchObject({ updated: 1 })
    expect((await listAccounts(database))[0]?.parkedReason).toBeNull()
    expect(await accounts(file)).toMatchObject({ unchanged: 1 })
  })

  test('leaves before and after in the audit log', async () => {
    await using database = await testDatabase()
    const { accounts } = await seeded(database)
    await accounts('client,job,external_id,credential,enabled\nacme,ctm,40771,acme-ctm,false')
    const { rows } = await database.query('select * from audit_log where action = $1', ['change'])

    expect(rows).toMatchObject([
      { subject: 'account acme/ctm/40771', before: { enabled: true }, after: { enabled: false } },
    ])
  })
})
