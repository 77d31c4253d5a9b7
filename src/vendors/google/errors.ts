import { RateLimitedError, VendorUnavailableError } from '../../job/errors'

/** Google broke down over a query. It may not over one that asks for less. */
export class HeavyQueryError extends VendorUnavailableError {
  override name = 'HeavyQueryError'
}

/** Google finds a query too expensive for now. One that asks for less may pass after the wait. */
export class ExpensiveQueryError extends RateLimitedError {
  override name = 'ExpensiveQueryError'
}
