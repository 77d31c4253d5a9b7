import { fieldsOf } from '../../src/lib/read-fields'

/**
 * The customers, by number, who want to be left alone on any channel that we could hash. What is stored of them is emptied
 * for good on all channels: an engine that forgets a person forgets the whole of what is personal.
 */
export function objectorsOf(records: readonly unknown[]): string[] {
  const numbers = records.map(fieldsOf).flatMap(({ customer_number, opt_out, block_email, block_phone }) => {
    const objects = opt_out === true || block_email === true || block_phone === true
    return objects && typeof customer_number === 'string' ? [customer_number] : []
  })
  return [...new Set(numbers)]
}
