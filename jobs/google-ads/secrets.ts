import { z } from 'zod'

const access = {
  /** The agency's; its quota is shared by all its accounts. */
  developer_token: z.string().min(1),
  /** The manager account through which clients are reached. */
  login_customer_id: z
    .string()
    .regex(/^\d+$/, { error: 'expected the manager’s customer id, digits only' })
    .optional(),
}

/** How Google Ads lets us in, either as a user who agreed once or as a service account. */
export const googleAdsSecrets = z.discriminatedUnion('flow', [
  z.strictObject({
    flow: z.literal('refresh_token'),
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
    refresh_token: z.string().min(1),
    ...access,
  }),
  z.strictObject({
    flow: z.literal('service_account'),
    client_email: z.email(),
    private_key: z.string().includes('PRIVATE KEY-----', { error: 'expected a private key in PEM' }),
    ...access,
  }),
])
