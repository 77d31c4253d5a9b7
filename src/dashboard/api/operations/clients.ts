import { z } from 'zod'
import { listAccounts } from '../../../ledger/accounts/accounts'
import { listClients } from '../../../ledger/accounts/clients'
import { Id, Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, pagingByName } from '../pages-of'
import { clientOf, givenOf } from '../things'
import { Pause, PauseOrder, pauseFor, ResumeOrder, resumeFor } from './pauses'

const clientFields = { id: z.string(), name: z.string(), timezone: z.string() }

const Client = z
  .object({ ...clientFields, accounts: z.int(), createdAt: Instant, updatedAt: Instant })
  .meta({ id: 'Client', description: 'A dealership.' })

const ClientInFull = z
  .object({
    ...clientFields,
    accounts: z.array(
      z.object({
        id: Id,
        job: JobId,
        externalId: z.string(),
        enabled: z.boolean(),
        lastOkAt: Instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'ClientInFull', description: 'A dealership with its accounts.' })

const OfClient = z.strictObject({ client: z.string().max(200) })

export const clients: OperationGroup = {
  title: 'Clients',
  summary: 'The dealerships.',
  operations: [
    operation({
      id: 'listClients',
      method: 'get',
      path: '/clients',
      role: 'viewer',
      summary: 'Clients by id.',
      query: z.strictObject(pagingByName),
      answer: pageOf(Client),
      handle: async ({ database }, { query: { limit, after } }) =>
        cutPage(
          await listClients(database, { limit: limit + 1, ...givenOf({ after }) }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'showClient',
      method: 'get',
      path: '/clients/{client}',
      role: 'viewer',
      summary: 'One client with its accounts.',
      params: OfClient,
      answer: ClientInFull,
      handle: async (ctx, { params }) => {
        const client = await clientOf(ctx, params.client)
        return { ...client, accounts: await listAccounts(ctx.database, { client: client.id }) }
      },
    }),
    operation({
      id: 'pauseClient',
      method: 'post',
      path: '/clients/{client}/pause',
      role: 'operator',
      summary: 'Pause a client: runs leave all of its accounts out.',
      params: OfClient,
      body: PauseOrder,
      answer: Pause,
      handle: async (ctx, { params, body }, call) => {
        const { id } = await clientOf(ctx, params.client)
        return pauseFor(ctx, { scope: 'client', id }, body, call)
      },
    }),
    operation({
      id: 'resumeClient',
      method: 'post',
      path: '/clients/{client}/resume',
      role: 'operator',
      summary: 'End the pause of a client.',
      params: OfClient,
      body: ResumeOrder,
      answer: Pause,
      handle: async (ctx, { params, body }, call) => {
        const { id } = await clientOf(ctx, params.client)
        return resumeFor(ctx, { scope: 'client', id }, body, call)
      },
    }),
  ],
}
