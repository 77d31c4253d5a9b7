import { asset } from '../assets'
import type { Route } from '../context'
import { html, type Html } from '../html'
import { page } from '../layout'
import { userOf } from '../session'
import { exampleOf } from './examples'
import { type Json, openApiDocument } from './openapi'
import type { Operation } from './operation'
import { groups } from './operations'
import { prose, refsOf, schemaTable } from './schema-table'

/** The API to be read by people, made of the same document that programs read. */
export const referencePage: Route = (ctx) => {
  const document = openApiDocument()
  const { schemas } = document['components'] as { readonly schemas: Readonly<Record<string, Json>> }
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Json>>>>
  const main = html`<main class="reference">
    <h1>API</h1>
    ${introduction}
    <nav class="contents" aria-label="Contents">
      ${groups.map(
        ({ title, operations }) =>
          html`<section>
            <h2><a href="#${anchorOf(title)}">${title}</a></h2>
            <ul>
              ${operations.map(({ id, summary }) => html`<li><a href="#${id}">${summary}</a></li>`)}
            </ul>
          </section>`,
      )}
    </nav>
    ${groups.map(
      ({ title, summary, operations }) =>
        html`<h2 id="${anchorOf(title)}">${title}</h2>
          <p>${summary}</p>
          ${operations.map((operation) => operationSection(operation, paths[operation.path]?.[operation.method] ?? {}))}`,
    )}
    <h2 id="answers">Answers</h2>
    ${Object.entries(schemas).map(
      ([name, schema]) =>
        html`<article class="operation" id="answer-${name}">
          <h3>${name}</h3>
          <p>${schema['description'] as string | undefined}</p>
          ${schemaTable(schema)}
        </article>`,
    )}
  </main>`
  const head = html`<link rel="stylesheet" href="${asset('api.css')}" />`
  return (req, res) => {
    res.send(page(ctx, { title: 'API', user: userOf(res), path: req.baseUrl, main, head }))
  }
}

const introduction = html`<p>
    Everything that can be seen and steered here, for programs. The same as
    <a href="/api/v1/openapi.json">an OpenAPI document</a>.
  </p>
  <ul>
    <li>
      Send an API token with every request: <code>Authorization: Bearer sft_…</code>. An admin creates one
      under Users, or with <code>syncfleet tokens create</code>.
    </li>
    <li>
      Instants are ISO 8601 in UTC, durations are in milliseconds and named so, ids are text. Fields that an
      operation does not know are refused.
    </li>
    <li>
      Lists take <code>limit</code> (1 to 500) and <code>after</code>, which is <code>next</code> of the page
      before; the header <code>Link</code> has the address of the next page.
    </li>
    <li>
      What cannot be done is answered with <code>application/problem+json</code>: a status, a detail for
      people, and under <code>errors</code> each field that does not fit.
    </li>
    <li>
      A user or token may read 600 times and act 60 times a minute. The header <code>RateLimit</code> says
      what is left; with status 429, <code>Retry-After</code> says how long to wait.
    </li>
  </ul>`

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-')

function operationSection(
  { id, method, path, summary, details, role, isIdempotent, status }: Operation,
  of: Json,
): Html {
  const parameters = of['parameters'] as readonly Json[]
  const body = contentOf(of['requestBody'])
  const answer = contentOf((of['responses'] as Readonly<Record<string, unknown>>)[status])
  return html`<article class="operation" id="${id}">
    <h3>
      <a href="#${id}">${summary}</a>
    </h3>
    <p>
      <code class="method method-${method}">${method.toUpperCase()}</code> <code>/api/v1${path}</code>
      <small>least role: ${role}</small>
    </p>
    ${details && html`<p>${prose(details)}</p>`}
    ${
      isIdempotent &&
      html`<p>
        With the header <code>Idempotency-Key</code>, asking again comes to the same; asking for something
        else is refused.
      </p>`
    }
    ${schemaTable({ properties: Object.fromEntries(parameters.filter(({ in: place }) => place !== 'header').map(fieldOf)) }, 'Address')}
    ${body && schemaTable(body, 'Body')}
    <p>Answers ${status} with ${answer && refsOf(answer)}</p>
    <pre><code>${curlOf(method, path, parameters, body)}</code></pre>
  </article>`
}

/** A parameter as a field of a table. */
const fieldOf = ({ name, in: place, description, schema }: Json): [string, Json] => [
  String(name),
  {
    ...(schema as Json),
    description: [place === 'query' ? 'In the query.' : '', description].filter(Boolean).join(' '),
  },
]

function contentOf(part: unknown): Json | undefined {
  const { content } = (part ?? {}) as {
    readonly content?: Readonly<Record<string, { readonly schema: Json }>>
  }
  return content?.['application/json']?.schema
}

/** A call that can be typed, with `$SYNCFLEET` for the dashboard's address. */
function curlOf(
  method: Operation['method'],
  path: string,
  parameters: readonly Json[],
  body: Json | undefined,
): string {
  const values = new Map(
    parameters.map(({ name, schema }) => [String(name), String(exampleOf(schema as Json))]),
  )
  const needed = parameters.filter(({ in: place, required }) => place === 'query' && required === true)
  const query = new URLSearchParams(
    needed.map(({ name }): [string, string] => [String(name), values.get(String(name)) ?? '']),
  )
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? name)
  return [
    ...(method === 'get' ? ['curl'] : [`curl -X ${method.toUpperCase()}`]),
    '-H "Authorization: Bearer $TOKEN"',
    ...(body ? [`-H 'Content-Type: application/json' -d '${JSON.stringify(exampleOf(body))}'`] : []),
    `"$SYNCFLEET/api/v1${address}${query.size > 0 ? `?${query.toString()}` : ''}"`,
  ].join(' \\\n  ')
}
