import { VendorConfigError, VendorRequestError } from '../../job/errors'

/** The vendor will not put so much into one answer: ask for fewer rows at once, then for fewer days, then for a report. */
export class MetaTooMuchDataError extends VendorRequestError {
  override name = 'MetaTooMuchDataError'
}

/** The vendor knows no such object, or does not show it to this token; just after it was made, not yet. */
export class MetaObjectMissingError extends VendorConfigError {
  override name = 'MetaObjectMissingError'
}

/** A cursor that the vendor gave has expired. The client makes of it that the listing must start over. */
export class MetaCursorExpiredError extends VendorRequestError {
  override name = 'MetaCursorExpiredError'
}
