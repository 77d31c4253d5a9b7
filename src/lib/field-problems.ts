import { z } from 'zod'
import { nearest } from './nearest'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** One thing that is wrong with what somebody sent. */
export interface FieldProblem {
  /** Where it stands, as in `settings.stock_types.0`; empty for the whole of it. */
  readonly field: string
  /** As a phrase: `expected string`, `no such field; did you mean reason?` */
  readonly expected: string
  /** What was given, as JSON and cut short; absent where the field itself is the problem. */
  readonly given?: string
}

/** What stands under these is never quoted. */
const hidden: ReadonlySet<PropertyKey> = new Set(['secrets', 'password', 'present_password'])

/** What a schema has against something, field by field; unknown fields with the near one that there is. */
export const fieldProblems = (error: z.ZodError, schema: z.ZodType, given: unknown): FieldProblem[] =>
  error.issues.flatMap((issue) => problemsOf(issue, schema, given, []))

function problemsOf(issue: Issue, schema: z.ZodType, given: unknown, above: Path): FieldProblem[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that is least wrong is the one that was meant.
    const [meant = []] = issue.errors.toSorted((a, b) => a.length - b.length)
    return meant.flatMap((inner) => problemsOf(inner, schema, given, path))
  }
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, path)
    return issue.keys.map((key) => {
      const near = nearest(key, known)
      return {
        field: [...path, key].map(String).join('.'),
        expected: `no such field${near ? `; did you mean ${near}?` : ''}`,
      }
    })
  }
  const field = path.map(String).join('.')
  return [{ field, expected: expectation(issue), given: shown(path, valueAt(given, path)) }]
}

/** Zod's own sentences, without "Invalid input:" in front and "received" behind: the value itself follows. */
function expectation({ message }: Issue): string {
  const text = message.replace(/^[A-Z][a-z ]+: /, '').replace(/, received .*$/, '')
  return text
    .replace(/^Invalid input$/, 'expected something else')
    .replace(/^Invalid (\w)/, 'expected a valid $1')
}

const valueAt = (given: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    given,
  )

function shown(path: Path, value: unknown): string {
  if (value === undefined) return 'nothing'
  if (path.some((key) => hidden.has(key))) return 'a value that is not shown'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** The fields that a schema knows at a path, over all its alternatives. */
function knownFields(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return knownFields(schema.unwrap(), path)
  if (schema instanceof z.ZodPipe) return knownFields(schema.in, path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => knownFields(option, path))
  if (!(schema instanceof z.ZodObject)) return []
  const [first, ...rest] = path
  const shape: Readonly<Record<string, unknown>> = schema.shape
  return first === undefined ? Object.keys(shape) : knownFields(shape[String(first)], rest)
}
