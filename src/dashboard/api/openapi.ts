import { z } from 'zod'
import type { Operation, OperationGroup } from './operation'
import { groups } from './operations'

/** What part of JSON Schema and OpenAPI is, for us, just an object. */
export type Json = { readonly [key: string]: unknown }

/** The title by which the contact knows what it talks to, and the rules that hold for every operation. */
const description = [
  'Everything that can be seen and steered in a fleet. Answers are JSON; problems are `application/problem+json` (RFC 9457).',
  'Instants are ISO 8601 in UTC, durations are in milliseconds and named so, ids are text.',
  'Fields that an operation does not know are refused.',
].join(' ')

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'For people.' }),
    errors: z
      .array(z.object({ field: z.string(), expected: z.string(), given: z.string().optional() }))
      .optional()
      .meta({ description: 'Each field that does not fit.' }),
  })
  .meta({ id: 'Problem', description: 'Why something was not done.' })

/** What every operation may answer instead. */
const problems: Readonly<Record<number, string>> = {
  400: 'Fields do not fit; each is named.',
  401: 'No valid token, and nobody logged in.',
  403: 'The role does not include it, or a browser sent it from elsewhere.',
  404: 'There is no such thing.',
  429: 'Too many requests. Retry-After says how long to wait.',
  503: 'Postgres or Redis is away. Nothing is lost; try again.',
}
const problemsOfActs: Readonly<Record<number, string>> = {
  409: 'The state of things is against it.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  422: 'What was asked for makes no sense.',
}

/** The OpenAPI 3.1 document, made of the schemas that validate. */
export function openApiDocument(): Json {
  const schemas = new Map<string, unknown>()
  const schemaOf = (schema: z.ZodType): Json => hoisted(schema, schemas)
  const problemContent = { 'application/problem+json': { schema: schemaOf(Problem) } }
  const answerOf = (text: string): Json => ({ description: text, content: problemContent })
  const paths: Record<string, Record<string, Json>> = {}
  for (const group of groups)
    for (const operation of group.operations) {
      const path = (paths[operation.path] ??= {})
      path[operation.method] = pathItem(group, operation, schemaOf, answerOf)
    }
  return {
    openapi: '3.1.0',
    info: { title: 'Syncfleet', version: 'v1', summary: 'See and steer a fleet', description },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    tags: groups.map(({ title, summary }) => ({ name: title, description: summary })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token: `sft_…`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'syncfleet',
          description: 'That of a logged-in browser; its changes must come from the dashboard’s own pages.',
        },
      },
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

function pathItem(
  group: OperationGroup,
  operation: Operation,
  schemaOf: (schema: z.ZodType) => Json,
  answerOf: (text: string) => Json,
): Json {
  const isAct = operation.method !== 'get'
  const hasBody = Object.keys(operation.body.shape).length > 0
  const answers = { ...problems, ...(isAct ? problemsOfActs : {}) }
  return {
    operationId: operation.id,
    tags: [group.title],
    summary: operation.summary,
    description: [operation.details, `Least role: ${operation.role}.`].filter(Boolean).join(' '),
    'x-least-role': operation.role,
    parameters: [
      ...parametersOf('path', operation.params, schemaOf),
      ...parametersOf('query', operation.query, schemaOf),
      ...(operation.isIdempotent ? [idempotencyKey] : []),
    ],
    ...(hasBody
      ? {
          requestBody: {
            required: !operation.body.safeParse({}).success,
            content: { 'application/json': { schema: schemaOf(operation.body) } },
          },
        }
      : {}),
    responses: {
      [operation.status]: {
        description: 'Done.',
        content: { 'application/json': { schema: schemaOf(operation.answer) } },
      },
      ...Object.fromEntries(Object.entries(answers).map(([status, text]) => [status, answerOf(text)])),
    },
  }
}

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Asking again with the same key comes to the same; with another request it is refused with 409.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,100}$' },
}

function parametersOf(
  place: 'path' | 'query',
  fields: z.ZodObject,
  schemaOf: (schema: z.ZodType) => Json,
): Json[] {
  return Object.entries(fields.shape).map(([name, field]) => {
    const { description: text, ...schema } = schemaOf(field as z.ZodType)
    return {
      name,
      in: place,
      required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
      ...(text === undefined ? {} : { description: text }),
      schema,
    }
  })
}

/** The JSON Schema of what travels, with the schemas that have names moved to where the document keeps them. */
function hoisted(schema: z.ZodType, schemas: Map<string, unknown>): Json {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    // The pattern says what the format says, at great length.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    },
  })
  const text = JSON.stringify(made).replaceAll('#/$defs/', '#/components/schemas/')
  const { $schema: _, $defs = {}, ...rest } = JSON.parse(text) as Json & { readonly $defs?: Json }
  for (const [name, definition] of Object.entries($defs)) schemas.set(name, definition)
  return rest
}
