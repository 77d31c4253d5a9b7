import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { customerColumns } from './columns'
import { day, fieldsIn, flag, nobody, personColumnsOf, type MapperOptions } from './fields'

export type CustomerRecord = RecordOf<typeof customerColumns>

/** A customer as it is stored, from one as it came; see `toSale`. Names, streets and birthdays are never mapped. */
export function toCustomer(
  raw: unknown,
  { department, externalId, pseudonym }: MapperOptions,
): CustomerRecord {
  const customer = read.fieldsOf(raw)
  const contact = read.fieldsOf(customer['contactMethods'])
  const mapped = {
    department_id: department,
    customer_id: read.text(customer['customerId']),
    external_account_id: externalId,
    added_date: day(customer['dateAdded']),
    updated_date: day(customer['lastUpdated']),
    // Within the contact methods or beside them, by version.
    blocks_email: flag(contact['blockEmailFlag'] ?? customer['blockEmailFlag']),
    blocks_mail: flag(contact['blockMailFlag'] ?? customer['blockMailFlag']),
    blocks_phone: flag(contact['blockPhoneFlag'] ?? customer['blockPhoneFlag']),
    has_opted_out: flag(customer['optOutFlag']),
    opted_out_date: day(customer['optOutDate']),
    wants_deletion: flag(customer['isDeleteDataFlag']),
    deletion_date: day(customer['deleteDataDate']),
    ...(wantsToBeForgotten(customer) ? nobody : personOf(customer, contact, pseudonym)),
  }
  return mapped as unknown as CustomerRecord
}

/** The id of a customer who asked for deletion, or that personal data be neither sold nor shared. */
export function forgottenCustomer(raw: unknown): string | undefined {
  const customer = read.fieldsOf(raw)
  const id = read.text(customer['customerId'])
  return wantsToBeForgotten(customer) && typeof id === 'string' ? id : undefined
}

const wantsToBeForgotten = (customer: read.Fields): boolean =>
  flag(customer['isDeleteDataFlag']) === true || flag(customer['optOutFlag']) === true

function personOf(
  customer: read.Fields,
  contact: read.Fields,
  pseudonym: MapperOptions['pseudonym'],
): Record<string, unknown> {
  const address = read.fieldsOf(customer['postalAddress'])
  return personColumnsOf(
    {
      emails: fieldsIn(contact['emailAddresses']).map((email) => email['address']),
      phones: [
        contact['primaryPhone'],
        contact['mobilePhone'],
        contact['homePhone'],
        contact['secondaryHomePhone'],
        contact['businessPhone'],
        contact['textMessagePhone'],
      ],
      country: address['country'],
      city: address['city'],
      state: address['state'],
      postalCode: address['postalCode'],
    },
    pseudonym,
  )
}
