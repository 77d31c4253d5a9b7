import { invalid, type Refusal } from '../refusal'

export interface Condition {
  readonly field: string
  /** In capitals: `=`, `!=`, `<`, `IN`, `NOT IN`, `BETWEEN`, `DURING`, `LIKE`, `IS NULL`, `IS NOT NULL` and so on. */
  readonly operator: string
  readonly values: readonly string[]
}

/** A query in Google's language, taken apart. */
export interface Query {
  readonly fields: readonly string[]
  readonly from: string
  readonly where: readonly Condition[]
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[]
  readonly limit: number | undefined
  readonly omitsResourceNames: boolean
}

interface Token {
  readonly kind: 'word' | 'text' | 'symbol'
  readonly value: string
}

const pattern = /\s*(?:'([^']*)'|"([^"]*)"|([\w.\-:/]+)|(!=|<=|>=|[=<>,()]))/y

/** Throws a refusal as Google words it where the query cannot be read. */
export function parse(query: string): Query {
  const reader = new Reader(tokensOf(query))
  reader.expect('SELECT', 'EXPECTED_SELECT')
  const fields = reader.list()
  reader.expect('FROM', 'EXPECTED_FROM')
  const from = reader.word()
  const where = reader.takes('WHERE') ? conditions(reader) : []
  const orderBy = reader.takes('ORDER') ? ordering(reader) : []
  const limit = reader.takes('LIMIT') ? limitOf(reader.word()) : undefined
  const omitsResourceNames = reader.takes('PARAMETERS') && parameters(reader)
  if (!reader.isDone) throw wrong('UNEXPECTED_INPUT', `unexpected input near ${reader.word()}`)
  return { fields, from, where, orderBy, limit, omitsResourceNames }
}

export const wrong = (value: string, detail: string): Refusal => invalid({ queryError: value }, detail)

function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  const text = query.trimEnd()
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) throw wrong('BAD_SYMBOL', `bad symbol at ${at}`)
    const [, single, double, word, symbol] = match
    const quoted = single ?? double
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word })
    else tokens.push({ kind: 'symbol', value: symbol ?? '' })
    at = pattern.lastIndex
  }
  return tokens
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isDone(): boolean {
    return this.#at >= this.#tokens.length
  }

  takes(keyword: string): boolean {
    const token = this.#tokens[this.#at]
    const is = token !== undefined && token.kind !== 'text' && token.value.toUpperCase() === keyword
    if (is) this.#at += 1
    return is
  }

  expect(keyword: string, error: string): void {
    if (!this.takes(keyword)) throw wrong(error, `expected ${keyword}`)
  }

  word(): string {
    return this.#next(['word']).value
  }

  value(): string {
    return this.#next(['word', 'text']).value
  }

  symbol(): string {
    return this.#next(['symbol']).value
  }

  /** Words between commas. */
  list(): string[] {
    const words = [this.word()]
    while (this.takes(',')) words.push(this.word())
    return words
  }

  #next(kinds: readonly Token['kind'][]): Token {
    const token = this.#tokens[this.#at]
    if (!token) throw wrong('UNEXPECTED_END_OF_QUERY', 'the query ends too early')
    if (!kinds.includes(token.kind)) throw wrong('UNEXPECTED_INPUT', `unexpected input near ${token.value}`)
    this.#at += 1
    return token
  }
}

function conditions(reader: Reader): Condition[] {
  const all = [condition(reader)]
  while (reader.takes('AND')) all.push(condition(reader))
  return all
}

function condition(reader: Reader): Condition {
  const field = reader.word()
  if (reader.takes('IS')) {
    const operator = reader.takes('NOT') ? 'IS NOT NULL' : 'IS NULL'
    reader.expect('NULL', 'UNEXPECTED_INPUT')
    return { field, operator, values: [] }
  }
  if (reader.takes('BETWEEN')) {
    const low = reader.value()
    reader.expect('AND', 'EXPECTED_AND')
    return { field, operator: 'BETWEEN', values: [low, reader.value()] }
  }
  if (reader.takes('DURING')) return { field, operator: 'DURING', values: [reader.word().toUpperCase()] }
  const isNegated = reader.takes('NOT')
  if (reader.takes('IN')) {
    return { field, operator: isNegated ? 'NOT IN' : 'IN', values: valuesIn(reader) }
  }
  if (reader.takes('LIKE'))
    return { field, operator: isNegated ? 'NOT LIKE' : 'LIKE', values: [reader.value()] }
  if (isNegated) throw wrong('BAD_OPERATOR', 'NOT needs IN or LIKE')
  return { field, operator: reader.symbol(), values: [reader.value()] }
}

function valuesIn(reader: Reader): string[] {
  reader.expect('(', 'EXPECTED_LIST')
  const values = [reader.value()]
  while (reader.takes(',')) values.push(reader.value())
  reader.expect(')', 'EXPECTED_LIST')
  return values
}

function ordering(reader: Reader): { field: string; descending: boolean }[] {
  reader.expect('BY', 'EXPECTED_BY')
  const all: { field: string; descending: boolean }[] = []
  do {
    const field = reader.word()
    const descending = reader.takes('DESC')
    if (!descending) reader.takes('ASC')
    all.push({ field, descending })
  } while (reader.takes(','))
  return all
}

function limitOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw wrong('BAD_LIMIT_VALUE', 'LIMIT wants a whole number from 1')
  return Number(text)
}

/** Whether resource names that were not selected are to be left out. */
function parameters(reader: Reader): boolean {
  let omits = false
  do {
    const name = reader.word()
    reader.expect('=', 'BAD_PARAMETER_VALUE')
    const value = reader.value()
    if (name === 'omit_unselected_resource_names') omits = value.toLowerCase() === 'true'
    else if (name !== 'include_drafts') throw wrong('BAD_PARAMETER_NAME', `no such parameter: ${name}`)
  } while (reader.takes(','))
  return omits
}
