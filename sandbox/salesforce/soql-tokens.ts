/** A word or sign of a query. */
export interface SoqlToken {
  readonly kind: 'name' | 'text' | 'instant' | 'day' | 'number' | 'sign'
  /** As it stands; of a text, what it means. */
  readonly value: string
}

/** The query is not SOQL, as far as this vendor is concerned. */
export class SoqlError extends Error {
  override name = 'SoqlError'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const patterns = [
  ['instant', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)/y],
  ['day', /\d{4}-\d\d-\d\d(?![\dT])/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w.])/y],
  ['name', /[A-Za-z]\w*(?:\.[A-Za-z]\w*)*/y],
  ['sign', /!=|<=|>=|[=<>(),]/y],
] as const
const text = /'((?:[^'\\\n\r]|\\.)*)'/y

/** Throws where something is none of the language's words. */
export function tokensOf(query: string): SoqlToken[] {
  const tokens: SoqlToken[] = []
  let at = 0
  while (at < query.length) {
    if (/\s/.test(query[at] ?? '')) {
      at += 1
      continue
    }
    const token = textAt(query, at) ?? otherAt(query, at)
    if (!token) throw new SoqlError('MALFORMED_QUERY', `unexpected token: '${query[at]}'`)
    tokens.push(token.token)
    at = token.end
  }
  return tokens
}

interface Found {
  readonly token: SoqlToken
  readonly end: number
}

function otherAt(query: string, at: number): Found | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const value = pattern.exec(query)?.[0]
    if (value !== undefined) return { token: { kind, value }, end: at + value.length }
  }
  return undefined
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

function textAt(query: string, at: number): Found | undefined {
  text.lastIndex = at
  const [whole, inside] = text.exec(query) ?? []
  if (whole === undefined || inside === undefined) return undefined
  const value = inside.replaceAll(/\\(.)/g, (_, letter: string) => {
    const meant = escapes[letter]
    if (meant === undefined) throw new SoqlError('MALFORMED_QUERY', `invalid escape: \\${letter}`)
    return meant
  })
  return { token: { kind: 'text', value }, end: at + whole.length }
}
