import type { Json } from './openapi'

/** A value that fits a JSON Schema, as small as may be: required fields and a reason. */
export function exampleOf(schema: Json): unknown {
  const { examples, default: preset, enum: values, const: only, anyOf, type } = schema
  const [shown] = Array.isArray(examples) ? (examples as unknown[]) : []
  if (shown !== undefined) return shown
  if (preset !== undefined) return preset
  if (only !== undefined) return only
  if (Array.isArray(values)) return values[0]
  if (Array.isArray(anyOf)) return exampleOf(anyOf[0] as Json)
  if (type === 'object') return exampleObject(schema)
  if (type === 'array') return [exampleOf(schema['items'] as Json)]
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 1
  return type === 'boolean' ? true : 'text'
}

function exampleObject({ properties = {}, required = [] }: Json): Json {
  const named = Object.entries(properties as Record<string, Json>).filter(
    ([name]) => (required as readonly string[]).includes(name) || name === 'reason',
  )
  return Object.fromEntries(
    named.map(([name, schema]) => [name, name === 'reason' ? 'the vendor asked for it' : exampleOf(schema)]),
  )
}
