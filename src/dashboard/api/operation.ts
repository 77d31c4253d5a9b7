import { z } from 'zod'
import type { ActedBy } from '../../ledger/audit'
import type { Role } from '../../ledger/users'
import { fieldProblems } from '../../lib/field-problems'
import type { Context } from '../context'
import { InvalidRequestError } from './problems'

/** Who asks, and what came with the request beside its fields. */
export interface Call {
  readonly by: ActedBy
  readonly role: Role
  /** Of the request's Idempotency-Key: the same for the same request of the same person. */
  readonly requestKey?: string
}

/** The parts of a request that carry fields, as they came. */
export interface GivenFields {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** One thing that the API offers. Routes, validation and the OpenAPI document are made of it. */
export interface Operation {
  /** In camel case; unique. */
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** Below `/api/v1`, as OpenAPI writes it: `/jobs/{job}`. */
  readonly path: string
  /** The least role that may. */
  readonly role: Role
  /** One line for people. */
  readonly summary: string
  /** More of it, where a line does not do. */
  readonly details?: string
  /** Of an answer that is none of a problem. */
  readonly status: 200 | 201 | 202
  /** Takes an Idempotency-Key. */
  readonly isIdempotent: boolean
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodObject
  readonly answer: z.ZodType
  /** Validates, does it, and returns the answer as it is sent: nothing that the schema of the answer does not name. */
  readonly perform: (ctx: Context, given: GivenFields, call: Call) => Promise<unknown>
}

const NoFields = z.strictObject({})
type NoFields = typeof NoFields

/** What a handler may return for a schema: the same, with nothing in it to be changed. */
export type Given<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Given<T[Key]> }
      : T

interface Declaration<
  Answer extends z.ZodType,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
> {
  readonly id: string
  readonly method: Operation['method']
  readonly path: string
  readonly role: Role
  readonly summary: string
  readonly details?: string
  readonly status?: Operation['status']
  readonly isIdempotent?: boolean
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly answer: Answer
  readonly handle: (
    ctx: Context,
    fields: {
      readonly params: z.output<Params>
      readonly query: z.output<Query>
      readonly body: z.output<Body>
    },
    call: Call,
  ) => Promise<Given<z.output<Answer>>>
}

/** Declares an operation. Fields that it does not name are refused, and its handler is handed those it names as they are typed. */
export function operation<
  Answer extends z.ZodType,
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodObject = NoFields,
>({ handle, ...declared }: Declaration<Answer, Params, Query, Body>): Operation {
  const { params = NoFields, query = NoFields, body = NoFields, answer } = declared
  const fields = z.object({ params, query, body })
  return {
    status: 200,
    isIdempotent: false,
    ...declared,
    params,
    query,
    body,
    perform: async (ctx, given, call) => {
      const read = fields.safeParse(given)
      if (!read.success) throw new InvalidRequestError(fieldProblems(read.error, fields, given))
      const found = await handle(ctx, read.data as Parameters<typeof handle>[1], call)
      return answer.encode(found as z.output<Answer>)
    },
  }
}

/** Operations that belong together. */
export interface OperationGroup {
  readonly title: string
  /** One sentence for people. */
  readonly summary: string
  readonly operations: readonly Operation[]
}
