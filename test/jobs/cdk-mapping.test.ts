import { cdk } from '../../jobs/cdk/definition'
import type { MapperOptions } from '../../jobs/cdk/fields'
import { toAppointment } from '../../jobs/cdk/to-appointment'
import { forgottenCustomer, toCustomer } from '../../jobs/cdk/to-customer'
import { toRepairOrder } from '../../jobs/cdk/to-repair-order'
import { toSale } from '../../jobs/cdk/to-sale'
import type { Columns } from '../../src/job/columns'

const options: MapperOptions = {
  department: 'D1',
  externalId: 'sub',
  pseudonym: (value) => `hash of ${value}`,
}

/** The columns that a record fails at. */
const refusedBy = (columns: Columns, record: object): string[] =>
  Object.entries(columns)
    .filter(([name, column]) => !column.value.safeParse((record as Record<string, unknown>)[name]).success)
    .map(([name]) => name)

describe('toSale', () => {
  // A made-up deal of the documented shape.
  const sample = {
    deal: {
      dealNo: '50117',
      hostItemId: '1*50117',
      saleType: 'Finance',
      contractDate: '2026-03-03',
      accountingDate: '2026-03-04',
      cashPrice: '31250.00',
      frontGross: '1410.55',
      backGross: 902.1,
      fiWipStatusCode: 'F',
    },
    vehicle: {
      vin: '1ZZZZZZZ0Z0000001',
      stockNo: 'T1021',
      year: 2026,
      makeName: 'SAMPLE',
      modelName: 'Pickup',
    },
    buyer: { customerId: '90021' },
    salesPersons: { salesperson1: '417' },
    trades: { tradeDetails: [] },
    totals: { totalGross: '2312.65' },
  }

  test('maps a deal', () => {
    const sale = toSale(sample, options)
    expect(sale).toMatchObject({
      department_id: 'D1',
      external_account_id: 'sub',
      sale_id: '1*50117',
      deal_no: '50117',
      cash_price: '31250.00',
      back_gross: '902.1',
      accounting_date: '2026-03-04',
      filed_date: '2026-03-04',
      vehicle_year: 2026,
      salesperson_1: '417',
      buyer_customer_id: '90021',
      total_gross: '2312.65',
      trades: [],
      email_hashes: null,
      co_buyer_customer_id: null,
    })
    expect(refusedBy(cdk.streams.sales.columns, sale)).toEqual([])
  })

  test.each([
    ['coBuyer', { coBuyer: { customerId: 7 } }, { co_buyer_customer_id: '7' }],
    ['cobuyer', { cobuyer: { customerId: '7' } }, { co_buyer_customer_id: '7' }],
    [
      'trades',
      { trades: { tradeDetails: [{ tradeVIN: 'X', tradeACV: '1.50' }] } },
      { trades: [{ vin: 'X', acv: '1.5' }] },
    ],
    [
      'trade',
      { trade: { tradeDetails: [{ tradeYear: '2014', netTrade: 2 }] } },
      { trades: [{ year: 2014, net: '2' }] },
    ],
    ['msrp', { deal: { msrp: 5 } }, { msrp: '5' }],
    ['mSRP', { deal: { mSRP: '5' } }, { msrp: '5' }],
    ['glVehicleCost', { vehicle: { glVehicleCost: '1.00' } }, { vehicle_cost: '1.00' }],
    ['gLVehicleCost', { vehicle: { gLVehicleCost: 1 } }, { vehicle_cost: '1' }],
    ['fIMgr1', { salesPersons: { fIMgr1: '8' } }, { fi_manager_1: '8' }],
    ['fiMgr1', { salesPersons: { fiMgr1: 8 } }, { fi_manager_1: '8' }],
  ])('reads %s', (_, raw, expected) => {
    expect(toSale(raw, options)).toMatchObject(expected)
  })

  test('falls back on the deal’s number where there is no host id', () => {
    expect(toSale({ deal: { hostItemId: ' ', dealNo: 12 } }, options).sale_id).toBe('12')
    expect(toSale({ deal: {} }, options).sale_id).toBeNull()
  })

  test('takes the days of its events', () => {
    const events = [
      { dealEvent: 'F', dealEventDate: '2026-03-01' },
      { dealEvent: 'F', dealEventDate: '2026-03-05T00:00:00Z' },
      { dealEvent: 'D', dealEventDate: '2026-03-06' },
    ]
    expect(toSale({ dealEvents: { events } }, options)).toMatchObject({
      finalized_date: '2026-03-05',
      delivered_date: '2026-03-06',
    })
  })

  test('hashes a buyer’s numbers and addresses in one form, each once', () => {
    const buyer = {
      homePhone: '(312) 555-0142',
      businessPhone: '+1 312 555 0142',
      emailAddresses: [{ address: ' Canary.1@Mail.Example ' }, { address: 'NA' }, { address: 'CD' }, {}],
      postalAddress: { addressLine1: 'CANARY', city: 'Chicago', state: 'IL', postalCode: 60601 },
    }
    expect(toSale({ buyer }, options)).toMatchObject({
      email_hashes: ['hash of canary.1@mail.example'],
      phone_hashes: ['hash of +13125550142'],
      city: 'Chicago',
      postal_code: '60601',
    })
  })

  test('hands on what cannot be right, so that the record is set aside', () => {
    const sale = toSale(
      { deal: { cashPrice: '1,234.50', accountingDate: '03/04/2026', term: 'long' }, vehicle: { year: {} } },
      options,
    )
    expect(refusedBy(cdk.streams.sales.columns, sale)).toEqual([
      'sale_id',
      'accounting_date',
      'filed_date',
      'cash_price',
      'term',
      'vehicle_year',
    ])
  })

  test.each([[null], ['text'], [[]], [{ deal: 'x', buyer: [], dealEvents: { events: 'no list' } }]])(
    'never throws: %j',
    (raw) => {
      for (const mapper of [toSale, toRepairOrder, toAppointment, toCustomer])
        expect(mapper(raw, options)).toMatchObject({ department_id: 'D1' })
    },
  )
})

describe('toRepairOrder', () => {
  test('maps an order, with lines in either shape', () => {
    const labor = {
      opCode: 'LOF',
      type: 'CM',
      sale: '10.00',
      technicianIds: [31, 'MULT'],
      parts: [{ number: 'P' }],
    }
    const order = toRepairOrder(
      {
        roNumber: 600001,
        openDate: '2026-03-01',
        closedDate: '',
        mileage: '12345',
        hasCustPayFlag: 'Y',
        comebackFlag: 'false',
        customer: { custId: 5, address: { cityStateZip: 'Springfield, OH 45501' } },
        totals: [{ payType: 'C', roSale: 10, soldHours: '0.50' }],
        operations: [
          { lineCode: 'A', storyText: 'CANARY', laborOperations: [labor] },
          { line: { lineCode: 'B', cause: 'CANARY' } },
        ],
      },
      options,
    )
    expect(order).toMatchObject({
      ro_number: '600001',
      closed_date: null,
      filed_date: '2026-03-01',
      mileage: 12345,
      has_customer_pay: true,
      is_comeback: false,
      customer_id: '5',
      city: 'Springfield',
      state: 'OH',
      postal_code: '45501',
      totals: [{ pay_type: 'C', ro_sale: '10', sold_hours: '0.5' }],
      lines: [
        {
          line_code: 'A',
          labor: [{ op_code: 'LOF', labor_type: 'CM', sale: '10', technician_ids: ['31', 'MULT'] }],
        },
        { line_code: 'B', labor: [] },
      ],
    })
    expect(refusedBy(cdk.streams.repair_orders.columns, order)).toEqual([])
    expect(JSON.stringify(order)).not.toContain('CANARY')
  })

  test.each([['1 Canary Street'], ['CANARY'], ['12 Main, OH 45501 CANARY'], [5]])(
    'takes no place from %j',
    (cityStateZip) => {
      expect(toRepairOrder({ customer: { address: { cityStateZip } } }, options)).toMatchObject({
        city: null,
        state: null,
        postal_code: null,
      })
    },
  )
})

describe('toAppointment', () => {
  test('maps an appointment, the vendor’s spelling included', () => {
    const appointment = toAppointment(
      {
        apptId: 7001,
        apptDate: '2026-03-09',
        apptTime: '08:30',
        noShowFlag: false,
        seviceAdvisorId: 21,
        estimatedRoTotal: '99.90',
        customer: { customerId: 5, mobilePhone: 3125550142, emailAddress: 'canary.2@mail.example' },
        appointmentDetails: [{ opCode: 'LOF', sale: 5, serviceDesc: 'CANARY' }],
      },
      options,
    )
    expect(appointment).toMatchObject({
      appointment_id: '7001',
      appointment_date: '2026-03-09',
      service_advisor: '21',
      estimated_total: '99.90',
      customer_id: '5',
      phone_hashes: ['hash of +13125550142'],
      details: [{ op_code: 'LOF', sale: '5' }],
    })
    expect(refusedBy(cdk.streams.appointments.columns, appointment)).toEqual([])
  })
})

describe('toCustomer', () => {
  const customer = {
    customerId: '5',
    contactMethods: { primaryPhone: '312-555-0142', blockEmailFlag: true },
    postalAddress: { city: 'Chicago', state: 'IL', postalCode: '60601' },
  }

  test('maps a customer, with block flags in either place', () => {
    const mapped = toCustomer(
      { ...customer, blockMailFlag: 'true', lastUpdated: '2026-03-01T10:00:00Z' },
      options,
    )
    expect(mapped).toMatchObject({
      customer_id: '5',
      blocks_email: true,
      blocks_mail: true,
      blocks_phone: null,
      updated_date: '2026-03-01',
      city: 'Chicago',
    })
    expect(refusedBy(cdk.streams.customers.columns, mapped)).toEqual([])
  })

  test.each([
    [{ optOutFlag: true }],
    [{ optOutFlag: 'Y' }],
    [{ isDeleteDataFlag: 'true' }],
    [{ isDeleteDataFlag: 1 }],
  ])('keeps nothing personal of one with %j, who is to be forgotten', (wish) => {
    expect(toCustomer({ ...customer, ...wish }, options)).toMatchObject({
      phone_hashes: null,
      email_hashes: null,
      city: null,
      state: null,
      postal_code: null,
    })
    expect(forgottenCustomer({ ...customer, ...wish })).toBe('5')
  })

  test('forgets nobody else', () => {
    expect(forgottenCustomer({ ...customer, optOutFlag: false, isDeleteDataFlag: 'N' })).toBeUndefined()
    expect(forgottenCustomer({ optOutFlag: true })).toBeUndefined()
  })
})
