import type { VendorAnswer } from '../vendor'

/** An answer to a request for data that was refused. */
export const refused = (status: number, errorCode: string, message: string): VendorAnswer => ({
  status,
  body: [{ message, errorCode }],
})

export const sessionExpired = refused(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
export const poolSpent = refused(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
export const tooManyAtOnce = refused(
  403,
  'REQUEST_LIMIT_EXCEEDED',
  'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
)
export const locatorRefused = refused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
export const queryTimedOut = refused(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.')
export const notFound = refused(404, 'NOT_FOUND', 'The requested resource does not exist')

/** Refusals of requests for data that a test may ask for by name. */
export const dataQuirks: Readonly<Record<string, VendorAnswer>> = {
  'session-expired': sessionExpired,
  'wrong-scope': refused(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'),
  'pool-spent': poolSpent,
  'too-many-at-once': tooManyAtOnce,
  'api-disabled': refused(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.'),
  'insufficient-access': refused(
    403,
    'INSUFFICIENT_ACCESS',
    'insufficient access rights on cross-reference id',
  ),
  'transaction-security': refused(
    403,
    'TXN_SECURITY_METERING_ERROR',
    'A transaction security policy was met',
  ),
  'malformed-query': refused(400, 'MALFORMED_QUERY', 'unexpected token: CANARY'),
  'query-timeout': queryTimedOut,
  'invalid-locator': locatorRefused,
  'not-found': notFound,
  'version-retired': { status: 410, body: [{ errorCode: 'UNSUPPORTED_API_VERSION', message: 'retired' }] },
  'uri-too-long': {
    status: 414,
    headers: { 'content-type': 'text/html' },
    body: '<html>URI Too Long</html>',
  },
  'headers-too-long': {
    status: 431,
    headers: { 'content-type': 'text/html' },
    body: '<html>Too Large</html>',
  },
  'server-unavailable': refused(503, 'SERVER_UNAVAILABLE', 'The server is unavailable'),
}

/** A refusal of the login server. */
export const noToken = (error: string, error_description: string, status = 400): VendorAnswer => ({
  status,
  body: { error, error_description },
})

/** Refusals of tokens that a test may ask for by name. */
export const tokenQuirks: Readonly<Record<string, VendorAnswer>> = {
  'user-not-approved': noToken('invalid_grant', "user hasn't approved this consumer"),
  'audience-refused': noToken('invalid_grant', 'Audience validation failed'),
  'token-expired': noToken('invalid_grant', 'expired access/refresh token'),
  'credentials-refused': noToken('invalid_grant', 'authentication failure - invalid client credentials'),
  'user-locked': noToken('invalid_grant', 'user is locked'),
  'redirect-mismatch': noToken('invalid_grant', 'redirect uri does not match configuration'),
  'client-unknown': noToken('invalid_client_id', 'client identifier invalid'),
  'secret-refused': noToken('invalid_client_credentials', 'client secret invalid'),
  'request-invalid': noToken('invalid_request', 'must use HTTP POST'),
  'user-inactive': noToken('inactive_user', 'user is inactive'),
  'org-inactive': noToken('inactive_org', 'org is inactive'),
  'too-many-logins': noToken('rate_limit_exceeded', 'too many login requests'),
}
