// Where the published APIs of CDK Drive are, and the versions that we speak.
const fiSales = '/cdk/drive/fisales/v4'
const fiSalesHistory = '/cdk/drive/fisalessetup/v3'
const repairOrders = '/cdk/drive/servicerepairorder/v3'
const repairOrderHistory = '/cdk/drive/servicerepairordersetup/v2'
const appointments = '/cdk/drive/serviceappointment/v1'
const customers = '/cdk/drive/customer/v3'

/** What the vendor extracts, by resource and list: the API that does it. */
export const lists = {
  sales: {
    'open/delta': fiSales,
    'closed/delta': fiSales,
    open: fiSales,
    closed: fiSales,
    history: fiSalesHistory,
  },
  repair_orders: {
    'open/delta': repairOrders,
    'closed/delta': repairOrders,
    open: repairOrders,
    closed: repairOrders,
    history: repairOrderHistory,
  },
  appointments: { delta: appointments, bulk: appointments },
  customers: { delta: customers, bulk: customers },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

export type Resource = keyof typeof lists
export type List = { [R in Resource]: keyof (typeof lists)[R] }[Resource]

/** The path that the API of a list begins with. */
export function prefixOf(resource: Resource, list: List): string {
  const prefix = (lists[resource] as Partial<Record<List, string>>)[list]
  if (prefix === undefined) throw new Error(`CDK Drive has no list ${list} of ${resource}`)
  return prefix
}
