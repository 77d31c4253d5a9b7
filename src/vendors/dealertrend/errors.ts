import { VendorConfigError, VendorUnavailableError } from '../../job/errors'

/** A 404: of a company it means that there is none, of a list that it is empty or not offered. */
export class NothingThereError extends VendorConfigError {
  override name = 'NothingThereError'
}

/** What a connection fails with where the base URL is wrong, however often it is tried. */
const wrongHost = /^(ENOTFOUND|EPROTO|CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_)/

/** The same error; a `VendorConfigError` where the host has no address or cannot prove what it is. */
export function aboutHost(error: unknown): unknown {
  if (!(error instanceof VendorUnavailableError)) return error
  const { code } = (error.cause ?? {}) as { code?: unknown }
  if (typeof code !== 'string' || !wrongHost.test(code)) return error
  const what = 'base_url is wrong, or its host has no address or no good certificate'
  return new VendorConfigError(`${what}: ${error.message}`, { cause: error })
}
