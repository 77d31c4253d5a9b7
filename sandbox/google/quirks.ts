import { exhausted, internal, invalid, denied, unauthenticated, type Refusal } from './refusal'

/** What Google does wrong on request, by the name of the quirk. */
const refusals: Readonly<Record<string, () => Refusal>> = {
  'developer-quota': () => exhausted('DEVELOPER', '900s'),
  'developer-quota-open': () => exhausted('DEVELOPER', undefined),
  'account-quota': () => exhausted('ACCOUNT', '30s'),
  'short-term-cost': () => exhausted('ACCOUNT', '20s', 'EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION'),
  'long-term-cost': () => exhausted('ACCOUNT', undefined, 'EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION'),
  'internal-error': () => internal('INTERNAL_ERROR'),
  'transient-error': () => internal('TRANSIENT_ERROR', 503),
  'deadline-exceeded': () => internal('DEADLINE_EXCEEDED', 504),
  'token-expired': () => unauthenticated('OAUTH_TOKEN_EXPIRED'),
  'token-revoked': () => unauthenticated('OAUTH_TOKEN_REVOKED'),
  'not-enabled': () => denied('CUSTOMER_NOT_ENABLED'),
  'permission-denied': () => denied('USER_PERMISSION_DENIED'),
  'developer-token-not-approved': () => denied('DEVELOPER_TOKEN_NOT_APPROVED'),
  'customer-not-found': () => unauthenticated('CUSTOMER_NOT_FOUND'),
  'unrecognized-field': () => invalid({ queryError: 'UNRECOGNIZED_FIELD' }, 'Unrecognized field.'),
  'unsupported-version': () => invalid({ requestError: 'UNSUPPORTED_VERSION' }, 'Not supported.'),
  'concurrent-modification': () => invalid({ databaseError: 'CONCURRENT_MODIFICATION' }, 'Try again.'),
  'metrics-for-manager': () => invalid({ queryError: 'REQUESTED_METRICS_FOR_MANAGER' }, 'A manager.'),
  'expired-page-token': () => invalid({ requestError: 'EXPIRED_PAGE_TOKEN' }, 'The page token expired.'),
}

/** The refusal that a quirk asks for; undefined where it asks for something else, or nothing. */
export const refusalOf = (quirk: string | undefined): Refusal | undefined => refusals[quirk ?? '']?.()
