import { html, type Html } from '../html'
import type { Json } from './openapi'

/** Text with what stands between backticks as code. */
export const prose = (text: string): Html[] =>
  text.split('`').map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))

/** The fields of an object as a table; nothing where it has none. */
export function schemaTable({ properties = {}, required = [] }: Json, caption = 'Fields'): Html | false {
  const fields = Object.entries(properties as Readonly<Record<string, Json>>)
  if (fields.length === 0) return false
  const needed = required as readonly string[]
  return html`<table class="schema">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${fields.map(
        ([name, schema]) =>
          html`<tr>
            <th scope="row">
              <code>${name}</code> ${needed.includes(name) && html`<small>required</small>`}
            </th>
            <td>${typeOf(schema)}</td>
            <td>${prose(textOf(schema))}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** The named schemas that a schema is made of, as links. */
export function refsOf(schema: Json): Html {
  const names = [...JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
    ([, name]) => name ?? '',
  )
  const links = [...new Set(names)].map(
    (name, place) => html`${place > 0 && ' or '}<a href="#answer-${name}">${name}</a>`,
  )
  const isList = (schema['properties'] as Json | undefined)?.['items'] !== undefined
  if (links.length === 0) return html`${schemaTable(schema) || 'an object'}`
  return isList ? html`a list of ${links}` : html`${links}`
}

function typeOf(schema: Json): Html | string {
  const { $ref, anyOf, oneOf, type, items, format, enum: values, const: only } = schema
  if (typeof $ref === 'string') return refsOf(schema)
  const alternatives = (anyOf ?? oneOf) as readonly Json[] | undefined
  if (alternatives)
    return html`${alternatives.map((each, place) => html`${place > 0 && ' or '}${typeOf(each)}`)}`
  if (Array.isArray(values)) return values.join(', ')
  if (only !== undefined) return JSON.stringify(only)
  if (type === 'array') return html`list of ${typeOf((items ?? {}) as Json)}`
  if (type === 'object' && schema['properties'] !== undefined)
    return `{ ${Object.keys(schema['properties'] as object).join(', ')} }`
  return [format, type].find((word) => typeof word === 'string') ?? 'anything'
}

function textOf(schema: Json): string {
  const { description, default: preset } = schema
  const least = boundOf(schema['minimum'])
  const most = boundOf(schema['maximum'])
  const longest = boundOf(schema['maxLength'])
  return [
    description,
    least !== undefined && most !== undefined && `From ${least} to ${most}.`,
    longest !== undefined && `Up to ${longest} characters.`,
    preset !== undefined && `Default: ${JSON.stringify(preset)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** A limit worth telling: the largest safe integer says only that it is one. */
const boundOf = (limit: unknown): number | undefined =>
  typeof limit === 'number' && Math.abs(limit) !== Number.MAX_SAFE_INTEGER ? limit : undefined
