import fc from 'fast-check'
import { salesforce } from '../../jobs/salesforce/definition'
import { fieldsAsked, objects, streamNames, type StreamName } from '../../jobs/salesforce/objects'
import { isDeleted, toRecord } from '../../jobs/salesforce/to-record'
import type { Column } from '../../src/job/columns'

const pseudonym = (value: string): string => `#${value}`
const timezone = 'America/Los_Angeles'
const lead = {
  attributes: { type: 'Lead', url: '/services/data/v67.0/sobjects/Lead/00Q5fAa00000001EAA' },
  Id: '00Q5fAa00000001EAA',
  IsDeleted: false,
  Company: 'Riverbend Motors',
  Email: ' Some.One@Mail.Example',
  Phone: '(312) 555-0142',
  Country: 'USA',
  PostalCode: 45501,
  IsConverted: false,
  ConvertedDate: '2026-03-04',
  CreatedDate: '2026-03-04T09:12:33.000+0000',
  SystemModstamp: '2026-03-04T10:12:33.000+0000',
}
const mapped = (fields: Record<string, unknown> = {}, custom: string[] = [], name: StreamName = 'leads') =>
  toRecord(name, { ...lead, ...fields }, { pseudonym, timezone, custom })

/** Columns whose value the engine would refuse. */
const faultsOf = (record: Record<string, unknown>, name: StreamName = 'leads'): string[] =>
  Object.entries<Column>(salesforce.streams[name].columns)
    .filter(([column, { value }]) => !value.safeParse(record[column]).success)
    .map(([column]) => column)

describe('toRecord', () => {
  test('counts a lead for the day on which it came in where the dealership is', () => {
    expect(mapped({ CreatedDate: '2026-03-04T07:59:00.000+0000' })).toMatchObject({
      created_day: '2026-03-03',
    })
    expect(mapped({ CreatedDate: '2026-03-04T08:00:00.000+0000' })).toMatchObject({
      created_day: '2026-03-04',
    })
    expect(mapped({ CreatedDate: 'soon' })).toMatchObject({ created_day: null })
  })

  test('maps a row onto every column', () => {
    const record = mapped()
    expect(Object.keys(record).toSorted()).toEqual(Object.keys(salesforce.streams.leads.columns).toSorted())
    expect(faultsOf(record)).toEqual([])
    expect(record).toMatchObject({
      lead_id: '00Q5fAa00000001EAA',
      company: 'Riverbend Motors',
      email_hash: '#some.one@mail.example',
      phone_hash: '#+13125550142',
      postal_code: '45501',
      is_converted: false,
      converted_date: '2026-03-04',
      created_date: new Date('2026-03-04T09:12:33Z'),
      system_modstamp: new Date('2026-03-04T10:12:33Z'),
      rating: null,
      custom: null,
    })
  })

  test.each(streamNames)('asks for exactly what %s holds', (name) => {
    const { columns, fields } = objects[name]
    expect(Object.keys(fields).toSorted()).toEqual(
      Object.keys(columns)
        .filter((one) => one !== 'custom' && one !== 'created_day')
        .toSorted(),
    )
    const asked = fieldsAsked(name, ['Rooftop__c'])
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked).toEqual(expect.arrayContaining(['Id', 'IsDeleted', 'SystemModstamp', 'Rooftop__c']))
    for (const dropped of ['FirstName', 'LastName', 'Title', 'Street', 'BillingStreet'])
      expect(asked).not.toContain(dropped)
  })

  test('keeps nothing of a person, whatever comes', () => {
    const canaries = Object.fromEntries(
      ['FirstName', 'LastName', 'Name', 'Title', 'Street', 'MobilePhone', 'Description', 'Private__c'].map(
        (field) => [field, `CANARY ${field}`],
      ),
    )
    expect(JSON.stringify(mapped(canaries, ['Other__c']))).not.toContain('CANARY')
    expect(
      JSON.stringify(
        toRecord(
          'accounts',
          { ...canaries, Name: 'x', BillingStreet: 'CANARY' },
          { pseudonym, timezone, custom: [] },
        ),
      ),
    ).not.toContain('CANARY')
  })

  test('keeps the custom fields that the account names, in the vendor’s spelling', () => {
    const record = mapped({ Vehicle_Interest__c: 'Truck', Score__c: 7.5, Other__c: 'x' }, [
      'vehicle_interest__C',
      'Score__c',
      'Absent__c',
    ])
    expect(record['custom']).toEqual({ Vehicle_Interest__c: 'Truck', Score__c: 7.5, Absent__c: null })
    expect(faultsOf(record)).toEqual([])
  })

  test('drops the hashes of a deleted row and keeps what is left of it', () => {
    const row = { ...lead, IsDeleted: true, MasterRecordId: '00Q5fAa00000002EAA' }
    expect(isDeleted(row)).toBe(true)
    expect(mapped(row)).toMatchObject({
      email_hash: null,
      phone_hash: null,
      company: 'Riverbend Motors',
      master_record_id: '00Q5fAa00000002EAA',
    })
  })

  test.each([
    ['no e-mail address', { Email: 'none' }, 'email_hash'],
    ['no phone number', { Phone: 'ask for Bob' }, 'phone_hash'],
    [
      'a number of an unknown country without its code',
      { Phone: '020 7946 0991', Country: 'United Kingdom' },
      'phone_hash',
    ],
  ])('has no hash of %s', (_, fields, column) => {
    expect(mapped(fields)).toMatchObject({ [column]: null })
  })

  test('takes an account’s country for its phone number', () => {
    const account = (BillingCountry: string | null) =>
      toRecord('accounts', { Phone: '312 555 0142', BillingCountry }, { pseudonym, timezone, custom: [] })
    expect(account(null)).toMatchObject({ phone_hash: '#+13125550142' })
    expect(account('Germany')).toMatchObject({ phone_hash: null })
  })

  test.each([
    ['an id of fifteen characters', { Id: '00Q5fAa00000001' }, 'lead_id'],
    ['no id', { Id: undefined }, 'lead_id'],
    ['an id that is a number', { Id: 7 }, 'lead_id'],
    ['a stamp that is none', { SystemModstamp: 'lately' }, 'system_modstamp'],
    ['no stamp', { SystemModstamp: null }, 'system_modstamp'],
    ['a day that does not exist', { ConvertedDate: '2026-02-30' }, 'converted_date'],
    ['a flag that is none', { IsConverted: 'perhaps' }, 'is_converted'],
    ['a status that is no text', { Status: { label: 'x' } }, 'status'],
  ])('hands on %s, for the record to be set aside', (_, fields, column) => {
    expect(faultsOf(mapped(fields))).toEqual([column])
  })

  test('keeps the digits of an amount', () => {
    const deal = (Amount: unknown) =>
      toRecord(
        'opportunities',
        { ...lead, Id: '0065fAa00000001AAA', Amount },
        { pseudonym, timezone, custom: [] },
      )
    expect(deal(42_500.1)).toMatchObject({ amount: '42500.1' })
    expect(deal(1e-7)).toMatchObject({ amount: '0.00000010000000000000' })
    expect(faultsOf(deal('a lot'), 'opportunities')).toEqual(['amount'])
  })

  test('throws for nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...streamNames), fc.anything(), (name, raw) => {
        toRecord(name, raw, { pseudonym, timezone, custom: ['A__c'] })
      }),
    )
  })
})

describe('the settings of an account', () => {
  const refuses = (settings: object): boolean => !salesforce.settings.safeParse(settings).success

  test('may be left out', () => {
    expect(salesforce.settings.parse({})).toEqual({
      custom_fields: {},
      api_budget_share: 0.5,
      lookback_seconds: 600,
    })
  })

  test.each([
    ['a filter without its value', { client_field: 'Dealer_Id__c' }],
    ['a field name that is a query', { client_field: "Id = '' OR Id", client_value: 'x' }],
    ['a custom field that is none', { custom_fields: { Lead: ['FirstName'] } }],
    ['a custom field twice', { custom_fields: { Lead: ['A__c', 'a__c'] } }],
    [
      'more custom fields than a query takes',
      { custom_fields: { Lead: Array.from({ length: 151 }, (_, at) => `F${at}__c`) } },
    ],
    ['an object that is not read', { custom_fields: { Contact: ['A__c'] } }],
    ['a share of nothing', { api_budget_share: 0 }],
  ])('refuse %s', (_, settings) => {
    expect(refuses(settings)).toBe(true)
  })

  test('let no query grow beyond what the vendor takes', () => {
    const longest = Array.from({ length: 150 }, (_, at) => `F${String(at).padStart(39, 'x')}__c`)
    expect(refuses({ custom_fields: { Campaign: longest } })).toBe(false)
    const query = new URLSearchParams({ q: fieldsAsked('campaigns', longest).join(', ') }).toString()
    // Beside it stand the conditions, and a token in the head.
    expect(query.length).toBeLessThan(10_000)
  })
})
