import { VendorRequestError } from '../../job/errors'

/** The query took the vendor too long. A narrower one may not; the same one again would hold the org up in vain. */
export class QueryTimeoutError extends VendorRequestError {
  override name = 'QueryTimeoutError'
}

/** The vendor no longer knows where we were in a result. The query has to be asked again. */
export class LocatorRefusedError extends VendorRequestError {
  override name = 'LocatorRefusedError'
}
