import { z } from 'zod'
import { listAccounts } from '../../../ledger/accounts/accounts'
import { type StreamState, streamStates } from '../../../ledger/streams/stream-states'
import type { Role } from '../../../ledger/users'
import { placeFor } from '../../stream-places'
import { Id, Instant, JobId, Place } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { accountOf, givenOf, knownJob } from '../things'
import { accountActs, OfAccount } from './account-acts'

const accountFields = {
  id: Id,
  client: z.string(),
  job: JobId,
  externalId: z.string().meta({ description: 'The vendor’s id of it.' }),
  credential: z.string(),
  timezone: z.string(),
  enabled: z.boolean(),
  settings: z.unknown(),
  parkedAt: Instant.nullable().meta({
    description: 'Its own or its credential’s; null where nothing is parked.',
  }),
  parkedReason: z.string().nullable(),
  breaker: z
    .string()
    .nullable()
    .meta({ description: 'What is said of its open circuit breaker, if one is.' }),
  notBefore: Instant.nullable().meta({ description: 'Its vendor asked for it to be left alone until then.' }),
  lastOkAt: Instant.nullable().meta({ description: 'When its last good sync ended.' }),
  createdAt: Instant,
  updatedAt: Instant,
}

const Account = z
  .object(accountFields)
  .meta({ id: 'Account', description: 'One client’s connection to one job’s vendor, and its state.' })

const StreamStates = z.array(z.object({ stream: z.string(), cursor: Place, position: Place }))

/** The states of streams as somebody of a role may see them. */
const statesFor = (role: Role, states: readonly StreamState[]) =>
  states.map(({ stream, cursor, position }) => ({
    stream,
    cursor: placeFor(role, cursor),
    position: placeFor(role, position),
  }))

const AccountInFull = z
  .object({
    ...accountFields,
    streams: z
      .object({ live: StreamStates, shadow: StreamStates })
      .meta({ description: 'How far each stream is written, by mode.' }),
  })
  .meta({ id: 'AccountInFull', description: 'An account, and how far its streams are.' })

export const accounts: OperationGroup = {
  title: 'Accounts',
  summary: 'The clients’ connections to the jobs’ vendors.',
  operations: [
    operation({
      id: 'listAccounts',
      method: 'get',
      path: '/accounts',
      role: 'viewer',
      summary: 'Accounts by client, job and external id; all, or those of one job or client.',
      query: z.strictObject({ ...paging, job: JobId.optional(), client: z.string().max(200).optional() }),
      answer: pageOf(Account),
      handle: async (ctx, { query: { limit, job, ...query } }) =>
        cutPage(
          await listAccounts(ctx.database, {
            limit: limit + 1,
            ...givenOf({ ...query, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'showAccount',
      method: 'get',
      path: '/accounts/{account}',
      role: 'viewer',
      summary: 'One account, and how far its streams are.',
      params: OfAccount,
      answer: AccountInFull,
      handle: async (ctx, { params }, { role }) => {
        const account = await accountOf(ctx, params.account)
        const [live, shadow] = await Promise.all([
          streamStates(ctx.database, account.id, 'live'),
          streamStates(ctx.database, account.id, 'shadow'),
        ])
        return { ...account, streams: { live: statesFor(role, live), shadow: statesFor(role, shadow) } }
      },
    }),
    ...accountActs,
  ],
}
