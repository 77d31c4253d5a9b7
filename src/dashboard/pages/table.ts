import { html, type Html } from '../html'

/** A table of rows; a card for each of them on a phone. Cells name their column by `data-label`. */
export const table = (columns: readonly string[], rows: readonly Html[]): Html =>
  html`<table class="rows">
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
