import * as read from '../../src/lib/read-fields'
import { day, decoded } from './fields'

/** Prices in dollars as the vendor gives them, and the one that counts. */
export function pricesOf(prices: read.Fields): Record<string, unknown> {
  const isOnSale = read.flag(prices['on_sale?'])
  return {
    retail_price: read.decimal(prices['retail_price']),
    asking_price: read.decimal(prices['asking_price']),
    sale_price: read.decimal(prices['sale_price']),
    effective_price: effectivePrice(prices, isOnSale === true),
    is_on_sale: isOnSale,
    sale_expires_on: day(prices['sale_expire']),
    uses_was_now: read.flag(prices['use_was_now?']),
    uses_price_strike_through: read.flag(prices['use_price_strike_through?']),
    default_price_text: decoded(prices['default_price_text']),
  }
}

/**
 * What the vendor's own plugin shows: the sale price while there is a sale and it is no more than the asking price, else the
 * asking price; null where neither is above zero.
 */
function effectivePrice(prices: read.Fields, isOnSale: boolean): unknown {
  const asking = read.numberOf(prices['asking_price']) ?? 0
  const sale = read.numberOf(prices['sale_price']) ?? 0
  if (isOnSale && sale > 0 && sale <= asking) return read.decimal(prices['sale_price'])
  return asking > 0 ? read.decimal(prices['asking_price']) : null
}
