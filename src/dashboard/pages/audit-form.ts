import { outcomes, ways } from '../../ledger/audit'
import { html, type Html } from '../html'
import { withQuery } from '../links'

type Typed = Readonly<Record<string, string>>

/** What is searched for, and the same rows to take along. */
export const auditForm = (
  typed: Typed,
  { actors, actions }: { readonly actors: readonly string[]; readonly actions: readonly string[] },
): Html =>
  html`<form class="filters" action="/audit">
      ${textField('Words', 'text', typed, 'all of them, or how they begin')}
      ${textField('Who', 'actor', typed, 'the whole name', 'actors')}
      ${textField('What', 'action', typed, 'the whole phrase', 'actions')}
      ${textField('Done to', 'subject', typed, 'job ctm')} ${choice('Outcome', 'outcome', outcomes, typed)}
      ${choice('By way of', 'via', ways, typed)} ${timeField('From', 'from', typed)}
      ${timeField('Before', 'to', typed)}
      <button>Search</button>
      <a class="button quiet" href="/audit">Everything</a>
      ${list('actors', actors)} ${list('actions', actions)}
    </form>
    <p class="pager">
      <a href="${withQuery('/audit.csv', typed)}" download>Export as CSV</a>
      <a href="${withQuery('/audit.jsonl', typed)}" download>Export as JSON lines</a>
    </p>
    <p>
      <small>
        Exports hold all rows that fit. In CSV, cells that begin with = + - @ or a tab have an apostrophe in
        front, so that a spreadsheet takes them for text.
      </small>
    </p>`

const textField = (label: string, name: string, typed: Typed, hint: string, suggestions?: string): Html =>
  html`<label>
    ${label}
    <input
      type="search"
      name="${name}"
      value="${typed[name]}"
      placeholder="${hint}"
      maxlength="200"
      autocomplete="off"
      ${suggestions !== undefined && html`list="audit-${suggestions}"`}
    />
  </label>`

const timeField = (label: string, name: string, typed: Typed): Html =>
  html`<label>
    ${label} (UTC)
    <input
      name="${name}"
      value="${typed[name]}"
      placeholder="yesterday 06:00"
      title="2026-03-08 06:00, 2026-03-08, yesterday 06:00 or now"
      maxlength="60"
      autocomplete="off"
    />
  </label>`

const choice = (label: string, name: string, options: readonly string[], typed: Typed): Html =>
  html`<label>
    ${label}
    <select name="${name}">
      <option value="">any</option>
      ${options.map((option) => html`<option ${typed[name] === option && 'selected'}>${option}</option>`)}
    </select>
  </label>`

const list = (name: string, options: readonly string[]): Html =>
  html`<datalist id="audit-${name}">
    ${options.map((option) => html`<option value="${option}"></option>`)}
  </datalist>`
