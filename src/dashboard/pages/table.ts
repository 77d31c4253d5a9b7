import { html, type Html, type HtmlValue } from '../html'

/** A column's title, or that of a column of numbers. */
export type Column = string | { readonly number: string }

/** A table of rows; a card for each of them on a phone. Cells name their column by `data-label`. `kind` is a class of its own. */
export const table = (columns: readonly Column[], rows: HtmlValue, kind = ''): Html =>
  html`<table class="${kind === '' ? 'rows' : `rows ${kind}`}">
    <thead>
      <tr>
        ${columns.map(head)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`

const head = (column: Column): Html =>
  typeof column === 'string'
    ? html`<th scope="col">${column}</th>`
    : html`<th scope="col" class="number">${column.number}</th>`
