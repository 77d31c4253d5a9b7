import { appointmentFields } from '../../jobs/authenticom/appointment-fields'
import type { Fields } from '../../jobs/authenticom/fields'
import { inventoryFields } from '../../jobs/authenticom/inventory-fields'
import { saleFields } from '../../jobs/authenticom/sale-fields'
import { serviceOrderFields } from '../../jobs/authenticom/service-order-fields'
import { toRecord } from '../../jobs/authenticom/to-record'
import { pseudonym } from '../support/drive-sync'

const rooftopId = 'DVD40001'
const mapped = (fields: Fields, row: unknown): Record<string, unknown> =>
  toRecord(fields, typeof row === 'object' && row ? { 'DV Dealer ID': rooftopId, ...row } : row, {
    rooftopId,
    pseudonym,
  })
/** The columns whose value does not fit. */
const unfit = (fields: Fields, row: unknown): string[] => {
  const record = mapped(fields, row)
  return Object.entries(fields)
    .filter(([name, { column }]) => !column.value.safeParse(record[name]).success)
    .map(([name]) => name)
}

describe('rows of DealerVault', () => {
  test.each([
    ['31,250.00', '31250.00'],
    ['-1,410.55', '-1410.55'],
    ['1,410.55-', '-1410.55'],
    ['1234567.8', '1234567.8'],
    ['.50', '0.50'],
    [' 0 ', '0'],
    ['', null],
    [undefined, null],
  ])('read the amount %j as %j', (given, expected) => {
    expect(mapped(saleFields, { 'Deal Number': '1', 'Sales Price': given })).toMatchObject({
      sales_price: expected,
    })
    expect(unfit(saleFields, { 'Deal Number': '1', 'Sales Price': given })).toEqual([])
  })

  test.each(['1,23', '12,34,567', '$5', 'n/a', '--1', '-1-', '1.2.3', true])(
    'leave %j, which is no amount, to be set aside',
    (given) => {
      expect(unfit(saleFields, { 'Deal Number': '1', 'Sales Price': given })).toEqual(['sales_price'])
    },
  )

  test.each([
    ['3/3/2026', '2026-03-03'],
    ['12/31/2025', '2025-12-31'],
    ['02/29/2024', '2024-02-29'],
    ['', null],
  ])('read the day %j as %j', (given, expected) => {
    expect(mapped(saleFields, { 'Deal Number': '1', 'Contract Date': given })).toMatchObject({
      contract_date: expected,
    })
    expect(unfit(saleFields, { 'Deal Number': '1', 'Contract Date': given })).toEqual([])
  })

  test.each(['2/29/2026', '13/1/2026', '3/3/26', 'soon'])(
    'leave %j, which is no day, to be set aside',
    (given) => {
      expect(unfit(saleFields, { 'Deal Number': '1', 'Contract Date': given })).toEqual(['contract_date'])
    },
  )

  test('keep leading zeros, trim keys, and write VINs in capitals', () => {
    const deal = {
      'Deal Number': ' 0050117 ',
      'Customer Number': '00090',
      VIN: '1zzzzzzz0z0000001',
      Zip: '07102',
    }
    expect(mapped(saleFields, deal)).toMatchObject({
      deal_number: '0050117',
      customer_number: '00090',
      vin: '1ZZZZZZZ0Z0000001',
      zip: '07102',
    })
    expect(mapped(inventoryFields, { VIN: ' 1zzz ' })).toMatchObject({ vin: '1ZZZ' })
  })

  test.each([
    [saleFields, { 'DEAL NUMBER': '1', 'zip code': '07102' }, { deal_number: '1', zip: '07102' }],
    [serviceOrderFields, { 'RO Number': '1', 'Closed RO Date': '3/4/2026' }, { close_date: '2026-03-04' }],
    [serviceOrderFields, { 'RO Number': '1', 'Close Date': '3/4/2026' }, { close_date: '2026-03-04' }],
    [saleFields, { 'Deal Number': '1', Zip: '', 'Zip Code': '07102' }, { zip: '07102' }],
  ])('find headers however the DMS writes them (%#)', (fields, row, expected) => {
    expect(mapped(fields as Fields, row)).toMatchObject(expected)
  })

  test('know numbers with commas and flags', () => {
    const row = {
      'Appointment Number': '7',
      'Appointment Mileage': '45,120',
      'Waiting Flag': 'Y',
      'Loaner Flag': 'N',
    }
    expect(mapped(appointmentFields, row)).toMatchObject({
      appointment_mileage: 45_120,
      waiting_flag: true,
      loaner_flag: false,
    })
    expect(
      unfit(appointmentFields, { ...row, 'Appointment Mileage': '1.5', 'Waiting Flag': 'maybe' }),
    ).toEqual(['waiting_flag', 'appointment_mileage'])
  })

  test('of another rooftop, or without their key, have nothing to be filed under', () => {
    expect(unfit(saleFields, { 'DV Dealer ID': 'DVD40002', 'Deal Number': '1' })).toEqual([
      'external_account_id',
    ])
    expect(unfit(saleFields, { 'Deal Number': ' ' })).toEqual(['deal_number'])
    for (const row of [null, 'x', 7, []]) expect(unfit(saleFields, row)).toContain('deal_number')
  })

  test('name no column after a person, a bank or a plate', () => {
    const names = [saleFields, serviceOrderFields, appointmentFields, inventoryFields].flatMap((fields) =>
      Object.keys(fields),
    )
    expect(
      names.filter((name) => /name|birth|address|plate|bank|comment|complaint|co_?buyer|cass/.test(name)),
    ).toEqual([])
  })
})

describe('contacts', () => {
  const person = { 'Deal Number': '1', 'Email 1': ' Some.Body@Mail.Example ', 'Cell Phone': '(312) 555-0142' }

  test('become keyed hashes of one canonical form', () => {
    expect(mapped(saleFields, person)).toMatchObject({
      email_hash: pseudonym('some.body@mail.example'),
      phone_hash: pseudonym('+13125550142'),
    })
    const { 'Email 1': email, 'Cell Phone': phone, ...rest } = person
    expect(mapped(saleFields, { ...rest, Email: email, 'Home Phone': phone })).toMatchObject({
      email_hash: pseudonym('some.body@mail.example'),
      phone_hash: pseudonym('+13125550142'),
    })
  })

  test.each([
    [{ 'Opt Out': 'Y' }, [null, null]],
    [{ 'Block Email': 'Y' }, [null, 'phone']],
    [{ 'Block Phone': 'yes' }, ['email', null]],
    [{ 'Block Mail': 'Y' }, ['email', 'phone']],
    [{ 'Opt Out': 'N', 'Block Email': '', 'Block Phone': '0' }, ['email', 'phone']],
    // What nobody understands is an objection.
    [{ 'Opt Out': 'REQUESTED' }, [null, null]],
  ])('honour %j', (flags, expected) => {
    const { email_hash, phone_hash } = mapped(saleFields, { ...person, ...flags })
    expect([email_hash && 'email', phone_hash && 'phone']).toEqual(expected)
  })

  test('are nothing where nothing usable is given', () => {
    const row = { 'Deal Number': '1', 'Email 1': 'NONE', 'Cell Phone': '0000000000' }
    expect(mapped(saleFields, row)).toMatchObject({ email_hash: null, phone_hash: null })
  })
})

describe('operations of a repair order', () => {
  const operationsOf = (row: object) => mapped(serviceOrderFields, { 'RO Number': '1', ...row })['operations']
  const nothing = { cost: null, sale: null, tech_hours: null, bill_hours: null, technician: null }

  test('stand at the same place in every list, empty ones too', () => {
    expect(
      operationsOf({
        'Operation Codes': 'OIL||BRK',
        'Operation Line Number': '1|2|3',
        'Operation Line Sale': '1,020.50||-3.00',
        'Labor Sale': '10.00||4.00^5.00',
        'Tech Number': '007||^12',
      }),
    ).toMatchObject([
      { code: 'OIL', line: '1', sale: '1020.50', labor: [{ ...nothing, sale: '10.00', technician: '007' }] },
      { code: null, line: '2', sale: null, labor: [] },
      {
        code: 'BRK',
        line: '3',
        sale: '-3.00',
        labor: [
          { ...nothing, sale: '4.00' },
          { ...nothing, sale: '5.00', technician: '12' },
        ],
      },
    ])
  })

  test('are none where nothing is said of them', () => {
    expect(operationsOf({})).toEqual([])
    expect(operationsOf({ 'Operation Codes': '' })).toEqual([])
  })

  test('keep a figure that is none as it came', () => {
    expect(operationsOf({ 'Operation Line Sale': 'N/C' })).toMatchObject([{ sale: 'N/C' }])
  })

  test('that would fill the memory set the record aside', () => {
    expect(unfit(serviceOrderFields, { 'RO Number': '1', 'Operation Codes': '|'.repeat(6000) })).toEqual([
      'operations',
    ])
  })
})
