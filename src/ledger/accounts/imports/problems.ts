import { z } from 'zod'
import { nearest } from '../../../lib/nearest'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** What is wrong with a row, field by field. What stands under `secrets` is never quoted. */
export const problemsOf = (error: z.ZodError, schema: z.ZodType, given: unknown): string =>
  error.issues.flatMap((issue) => inWords(issue, schema, given, [])).join('; ')

function inWords(issue: Issue, schema: z.ZodType, given: unknown, above: Path): string[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that is least wrong is the one that was meant.
    const [meant = []] = issue.errors.toSorted((a, b) => a.length - b.length)
    return meant.flatMap((inner) => inWords(inner, schema, given, path))
  }
  const field = path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, path)
    return issue.keys.map((key) => {
      const near = nearest(key, known)
      return `${[...path, key].map(String).join('.')}: no such field${near ? `; did you mean ${near}?` : ''}`
    })
  }
  return [`${field && `${field}: `}${expectation(issue)}, got ${shown(path, valueAt(given, path))}`]
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
  if (path[0] === 'secrets') return 'a value that is not shown'
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
