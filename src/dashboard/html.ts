/** Text that is markup already: only `html` makes it, and everything put into it was escaped. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

/** What a template takes: text and numbers are escaped, lists are joined, nothing is left out. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

/** Markup with every value escaped. Attribute values must stand in quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = ''
  for (const [index, part] of parts.entries())
    markup += index === 0 ? part : markupOf(values[index - 1]) + part
  return new Html(markup)
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.markup
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return value.map(markupOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
