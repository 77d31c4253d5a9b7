import request from 'supertest'
import { z } from 'zod'
import { type Json, openApiDocument } from '../../src/dashboard/api/openapi'
import { operations } from '../../src/dashboard/api/operations'
import type { Role } from '../../src/ledger/users'
import { tokenOf } from './callers'
import type { TestDashboard } from './dashboard'

type Fields = Readonly<Record<string, unknown>>

/** What is sent to an operation. */
export interface Sent {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  // Tests look into answers whose shapes the document vouches for.
  readonly body: Fields & { readonly items: readonly Fields[]; readonly next?: string | null }
  readonly headers: Readonly<Record<string, string | undefined>>
}

const document = openApiDocument()

/** Calls operations by their ids with a token of its own, and holds every answer against the document, strictly. */
export async function apiClient(dashboard: TestDashboard, role: Role) {
  const token = await tokenOf(dashboard, role)
  return async (id: string, { params = {}, query = {}, body, headers = {} }: Sent = {}): Promise<Answer> => {
    const operation = operations.find((each) => each.id === id)
    if (!operation) throw new Error(`the API has no operation ${id}`)
    const { method, path } = operation
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    const agent = request(dashboard.url)
    const asked = agent[method](`/api/v1${address}`).query(query)
    asked.set({ Authorization: `Bearer ${token}`, ...headers })
    const answer = await (body === undefined ? asked : asked.send(body))
    expectDocumented(method, path, answer.status, answer.body)
    return answer
  }
}

const schemas = new Map<string, z.ZodType>()

/** Fails where an answer is not as the document has it, or has a field that it does not name. */
function expectDocumented(method: string, path: string, status: number, body: unknown): void {
  const name = `${method} ${path} ${status}`
  const schema = schemas.get(name) ?? documented(method, path, status)
  schemas.set(name, schema)
  const found = schema.safeParse(body)
  if (found.success) return
  throw new Error(`${name}: ${z.prettifyError(found.error)}\n${JSON.stringify(body).slice(0, 2000)}`)
}

function documented(method: string, path: string, status: number): z.ZodType {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Json>>>>
  const responses = paths[path]?.[method]?.['responses'] as Readonly<
    Record<string, { content: Record<string, { schema: Json }> }>
  >
  const [content] = Object.values(responses[status]?.content ?? {})
  if (!content) throw new Error(`${method} ${path}: no answer ${status} is documented`)
  const { schemas: named } = document['components'] as { readonly schemas: Json }
  const text = JSON.stringify(closed({ ...content.schema, $defs: named }))
  return z.fromJSONSchema(
    JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<
      typeof z.fromJSONSchema
    >[0],
  )
}

/** The same schema, whose objects have no fields but those that it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in inner && inner['type'] === 'object'
    ? { ...inner, additionalProperties: false }
    : inner
}
