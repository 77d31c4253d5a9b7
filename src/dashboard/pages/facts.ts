import { html, type Html, type HtmlValue } from '../html'

/** A fact with its name; left out where there is nothing to tell. */
export type Fact = readonly [name: string, told: HtmlValue]

/** Names and what is told of them, below each other. */
export const factList = (facts: readonly Fact[]): Html =>
  html`<dl class="facts">
    ${facts
      .filter(([, told]) => told !== null && told !== undefined && told !== false && told !== '')
      .map(
        ([name, told]) =>
          html`<dt>${name}</dt>
            <dd>${told}</dd>`,
      )}
  </dl>`

/** Figures, each over its name. */
export const tiles = (figures: readonly Fact[]): Html =>
  html`<ul class="tiles">
    ${figures.map(([name, figure]) => html`<li><b>${figure}</b> ${name}</li>`)}
  </ul>`

/** A count with separators between thousands. Counts of the ledger may be text. */
export const counted = (count: number | string): string => Number(count).toLocaleString('en-US')
