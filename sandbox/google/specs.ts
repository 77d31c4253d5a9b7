import { z } from 'zod'
import { hours } from '../../src/lib/durations'

const digits = z.string().regex(/^\d+$/)

/** A simulated customer: an advertiser, or the manager of some. Its figures are computed, so its size costs no memory. */
export const GoogleCustomerSpec = z.strictObject({
  id: digits,
  name: z.string().min(1),
  /** Its days begin and end in this zone. */
  timezone: z.string().min(1).default('America/Chicago'),
  currency: z.string().length(3).default('USD'),
  /** True for a manager's own account: it has clients and no figures. */
  isManager: z.boolean().default(false),
  /** The manager through which it is reached; null where users reach it directly. */
  manager: digits.nullable().default(null),
  status: z.enum(['ENABLED', 'CANCELED', 'SUSPENDED', 'CLOSED']).default('ENABLED'),
  /** Days before the epoch that have figures. */
  history: z.int().min(0).default(0),
  /** The last one is Performance Max, where there are two or more: no ad groups and no ads. */
  campaigns: z.int().min(0).default(0),
  adGroupsEach: z.int().min(1).default(2),
  adsEach: z.int().min(1).default(1),
  /** Queries with a date segment over more days than this end in an internal error. */
  maxDays: z.int().min(1).default(100_000),
  /** Milliseconds after which an ad or asset group shows something else. */
  contentLasts: z.int().min(1).default(hours(6)),
})
export type GoogleCustomerSpec = z.output<typeof GoogleCustomerSpec>
export type GoogleCustomerInput = z.input<typeof GoogleCustomerSpec>

/** Someone whom Google lets in, and with whose developer token. */
export const GoogleCredentialSpec = z.discriminatedUnion('flow', [
  z.strictObject({
    flow: z.literal('refresh_token'),
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
    refresh_token: z.string().min(1),
    developer_token: z.string().min(1),
    /** Customers and managers that this user may use; absent, all. */
    customers: z.array(digits).optional(),
  }),
  z.strictObject({
    flow: z.literal('service_account'),
    client_email: z.string().min(1),
    /** Of the private key, in PEM. */
    public_key: z.string().min(1),
    developer_token: z.string().min(1),
    customers: z.array(digits).optional(),
  }),
])
export type GoogleCredentialSpec = z.output<typeof GoogleCredentialSpec>

/** What revoking and restoring names a credential by. */
export const credentialName = (spec: GoogleCredentialSpec): string =>
  spec.flow === 'refresh_token' ? spec.refresh_token : spec.client_email
export type GoogleCredentialInput = z.input<typeof GoogleCredentialSpec>
