import { z } from 'zod'

/** How Meta lets us in: a system user's token, and the app it was made for. */
export const metaAdsSecrets = z.strictObject({
  access_token: z.string().min(1),
  /** Given, every call carries its proof. */
  app_secret: z.string().min(1).optional(),
  app_id: z.string().regex(/^\d+$/, { error: 'expected the app’s id, digits only' }),
})
