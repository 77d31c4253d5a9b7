import { z } from 'zod'

/** A call as it came. Nothing about it is sure, so the mapper reads every field with care. */
export type CtmCall = unknown

export const CtmAccount = z.looseObject({
  id: z.union([z.int(), z.string().min(1)]),
  name: z.string().nullish(),
  status: z.string().nullish(),
})
export type CtmAccount = z.output<typeof CtmAccount>

const nextPage = z.string().nullish()

export const AccountsPage = z.looseObject({ accounts: z.array(CtmAccount), next_page: nextPage })

/** Totals are not always there, so nobody may rely on them. */
export const CallsPage = z.looseObject({ calls: z.array(z.unknown()), next_page: nextPage })
