import { fieldNamed, objectNamed, type FieldType, type ObjectName } from './objects'
import { SoqlError, tokensOf, type SoqlToken } from './soql-tokens'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** What a row must be like. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly field: string; readonly operator: Operator; readonly value: string | number | boolean | null }

/** A query, its names as the vendor spells them. Instants are milliseconds. */
export interface Query {
  readonly object: ObjectName
  readonly fields: readonly string[]
  readonly where: Condition | undefined
  readonly order: readonly { readonly field: string; readonly descending: boolean }[]
  readonly limit: number | undefined
}

/**
 * Reads the part of SOQL that queries of rows need. Everything else is refused as the vendor refuses what it cannot read:
 * unknown objects and fields, literals of another type than the field's, AND and OR side by side without brackets.
 */
export function parseSoql(text: string, isHidden: (object: ObjectName, field: string) => boolean): Query {
  const parser = new Parser(tokensOf(text))
  parser.word('SELECT')
  const names = [parser.name()]
  while (parser.has(',')) names.push(parser.name())
  parser.word('FROM')
  const given = parser.name()
  const object = objectNamed(given)
  if (!object) throw new SoqlError('INVALID_TYPE', `sObject type '${given}' is not supported.`)
  const fieldOf = (name: string): { name: string; type: FieldType } => {
    const field = fieldNamed(object, name)
    if (field && !isHidden(object, field.name)) return field
    throw new SoqlError(
      'INVALID_FIELD',
      `No such column '${name}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.`,
    )
  }
  const fields = names.map((name) => fieldOf(name).name)
  if (new Set(fields).size < fields.length) {
    throw new SoqlError(
      'MALFORMED_QUERY',
      `duplicate field selected: ${fields.find((name, at) => fields.indexOf(name) < at)}`,
    )
  }
  const where = parser.hasWord('WHERE') ? parser.condition(fieldOf) : undefined
  const order: { field: string; descending: boolean }[] = []
  if (parser.hasWord('ORDER')) {
    parser.word('BY')
    do {
      const field = fieldOf(parser.name()).name
      const descending = parser.hasWord('DESC')
      if (!descending) parser.hasWord('ASC')
      order.push({ field, descending })
    } while (parser.has(','))
  }
  const limit = parser.hasWord('LIMIT') ? parser.count() : undefined
  parser.end()
  return { object, fields, where, order, limit }
}

type FieldOf = (name: string) => { readonly name: string; readonly type: FieldType }

const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=']

class Parser {
  readonly #tokens: readonly SoqlToken[]
  #at = 0

  constructor(tokens: readonly SoqlToken[]) {
    this.#tokens = tokens
  }

  hasWord(word: string): boolean {
    const token = this.#tokens[this.#at]
    const found = token?.kind === 'name' && token.value.toUpperCase() === word
    if (found) this.#at += 1
    return found
  }

  word(word: string): void {
    if (!this.hasWord(word)) this.#unexpected()
  }

  has(sign: string): boolean {
    const token = this.#tokens[this.#at]
    const found = token?.kind === 'sign' && token.value === sign
    if (found) this.#at += 1
    return found
  }

  name(): string {
    return this.#next('name').value
  }

  count(): number {
    const { value } = this.#next('number')
    if (!/^\d+$/.test(value)) this.#unexpected()
    return Number(value)
  }

  end(): void {
    if (this.#at < this.#tokens.length) this.#unexpected()
  }

  condition(fieldOf: FieldOf): Condition {
    const first = this.#single(fieldOf)
    const conditions = [first]
    let joined: 'AND' | 'OR' | undefined
    for (;;) {
      const word = this.hasWord('AND') ? 'AND' : this.hasWord('OR') ? 'OR' : undefined
      if (!word) break
      if (joined && joined !== word) this.#unexpected(-1)
      joined = word
      conditions.push(this.#single(fieldOf))
    }
    if (!joined) return first
    return joined === 'AND' ? { all: conditions } : { any: conditions }
  }

  #single(fieldOf: FieldOf): Condition {
    if (this.has('(')) {
      const inside = this.condition(fieldOf)
      if (!this.has(')')) this.#unexpected()
      return inside
    }
    const field = fieldOf(this.name())
    const { value: operator } = this.#next('sign')
    if (!operators.includes(operator)) this.#unexpected(-1)
    return { field: field.name, operator: operator as Operator, value: this.#literal(field) }
  }

  #literal({ name, type }: ReturnType<FieldOf>): string | number | boolean | null {
    const token = this.#next()
    const word = token.kind === 'name' ? token.value.toLowerCase() : undefined
    if (word === 'null') return null
    if (type === 'boolean' && (word === 'true' || word === 'false')) return word === 'true'
    if ((type === 'string' || type === 'id') && token.kind === 'text') return token.value
    if (type === 'datetime' && token.kind === 'instant') return Date.parse(token.value)
    if (type === 'date' && token.kind === 'day') return token.value
    if ((type === 'int' || type === 'double') && token.kind === 'number') return Number(token.value)
    const quotes = token.kind === 'text' ? ' and should not be enclosed in quotes' : ''
    throw new SoqlError(
      'INVALID_FIELD',
      `value of filter criterion for field '${name}' must be of type ${type}${quotes}`,
    )
  }

  #next(kind?: SoqlToken['kind']): SoqlToken {
    const token = this.#tokens[this.#at]
    if (!token || (kind && token.kind !== kind)) return this.#unexpected()
    this.#at += 1
    return token
  }

  #unexpected(offset = 0): never {
    const token = this.#tokens[this.#at + offset]
    throw new SoqlError('MALFORMED_QUERY', `unexpected token: '${token?.value ?? '<EOF>'}'`)
  }
}
