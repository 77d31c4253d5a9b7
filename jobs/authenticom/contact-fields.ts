import { boolean, nullable, text } from '../../src/job/columns'
import { emailAddress, phoneNumber } from '../../src/lib/contacts'
import { made, someDay, someText } from './fields'
import type { FeedRow } from './feed-row'
import { objection } from './values'

const objects = (row: FeedRow, ...headers: string[]): boolean =>
  headers.some((header) => objection(row.value([header])) === true)

const wish = (header: string) => made(nullable(boolean()), (row) => objection(row.value([header])))

/**
 * The customer of a deal, a repair order or an appointment: a number, a rough place, and keyed hashes of the ways to
 * reach them, unless they object. Name, street, birthday and all else that the feed tells of a person is never mapped.
 */
export const contactFields = {
  customer_number: someText('Customer Number'),
  customer_kind: someText('Individual/Business Flag'),
  city: someText('City'),
  state: someText('State'),
  zip: someText('Zip', 'Zip Code'),
  county: someText('County'),
  opt_out: wish('Opt Out'),
  block_email: wish('Block Email'),
  block_phone: wish('Block Phone'),
  block_mail: wish('Block Mail'),
  /** HMAC of the e-mail address in lower case. */
  email_hash: made(nullable(text()), (row, { pseudonym }) => {
    if (objects(row, 'Opt Out', 'Block Email')) return null
    const address = emailAddress(row.value(['Email 1', 'Email']))
    return address === undefined ? null : pseudonym(address)
  }),
  /** HMAC of the E.164 number: mobile, else home, else work. */
  phone_hash: made(nullable(text()), (row, { pseudonym }) => {
    if (objects(row, 'Opt Out', 'Block Phone')) return null
    const [number] = ['Cell Phone', 'Home Phone', 'Work Phone'].flatMap(
      (header) => phoneNumber(row.value([header])) ?? [],
    )
    return number === undefined ? null : pseudonym(number)
  }),
  customer_create_date: someDay('Customer Create Date'),
  customer_last_activity_date: someDay('Customer Last Activity Date'),
}

/** Whose rows these are, and what must be null in them once that person objects. */
export const personal: {
  readonly subject: 'customer_number'
  readonly columns: readonly ('email_hash' | 'phone_hash')[]
} = { subject: 'customer_number', columns: ['email_hash', 'phone_hash'] }
