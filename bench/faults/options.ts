import { parseArgs } from 'node:util'
import { UsageError } from '../../src/bin/commands/outcome'
import { nearest } from '../../src/lib/nearest'
import type { Order } from './campaign'
import type { Fault } from './fault'

export interface Options {
  readonly orders: readonly Order[]
  readonly form: 'long' | 'short'
  readonly seed: number
  readonly workers: number
  readonly schedulers: number
  /** Rows of kinds that are not struck now stay in the report. */
  readonly keep: boolean
  /** The folder of the results; absent, the bench's own. */
  readonly out?: string
}

const defaults = { seed: 20_261_122, workers: 4, schedulers: 2 }

/** What `npm run faults` was asked for. Throws a `UsageError` that names what is wrong and what there is. */
export function readOptions(args: readonly string[], faults: readonly Fault[]): Options {
  const counts = [...new Set(faults.map(({ option }) => option))]
  const given = parse(args, counts)
  const form = given['short'] === undefined ? 'long' : 'short'
  const only = chosenKinds(given['only'], faults)
  const wanted = new Map(counts.flatMap((option) => countOf(given, option)))
  const chosen = faults.filter(({ kind }) => !only || only.has(kind))
  const orders = chosen
    .map((fault) => ({
      fault,
      count: shareOf(fault, chosen, wanted.get(fault.option)) ?? fault.counts[form],
    }))
    .filter(({ count }) => count > 0)
  if (orders.length === 0) throw new UsageError('nothing to do: every count is 0')
  const out = given['out']
  return {
    orders,
    form,
    keep: given['keep'] !== undefined,
    seed: numberOf(given, 'seed') ?? defaults.seed,
    workers: numberOf(given, 'workers', 3) ?? defaults.workers,
    schedulers: numberOf(given, 'schedulers', 2) ?? defaults.schedulers,
    ...(typeof out === 'string' ? { out } : {}),
  }
}

/** Options without a value. */
const flags: ReadonlySet<string> = new Set(['short', 'keep'])

type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

function parse(args: readonly string[], counts: readonly string[]): Given {
  const texts = [...counts, 'seed', 'workers', 'schedulers', 'out']
  const options = {
    ...Object.fromEntries(texts.map((name) => [name, { type: 'string' as const }])),
    only: { type: 'string' as const, multiple: true },
    short: { type: 'boolean' as const },
    keep: { type: 'boolean' as const },
  }
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    if (!(token.name in options))
      throw new UsageError(
        unknown(
          'option',
          `--${token.name}`,
          Object.keys(options).map((name) => `--${name}`),
        ),
      )
    if (!flags.has(token.name) && token.value === undefined)
      throw new UsageError(`--${token.name} wants a value`)
  }
  const [stray] = positionals
  if (stray !== undefined)
    throw new UsageError(`"${stray}" belongs to no option; every count has one, such as --worker-kills 300`)
  return values
}

/** Kinds that were named, by commas or by several `--only`; undefined where none was. */
function chosenKinds(given: Given[string], faults: readonly Fault[]): Set<string> | undefined {
  if (!Array.isArray(given)) return undefined
  const known = faults.map(({ kind }) => kind)
  const chosen = given.flatMap((text) => String(text).split(','))
  for (const kind of chosen) if (!known.includes(kind)) throw new UsageError(unknown('fault', kind, known))
  return new Set(chosen)
}

function unknown(what: string, given: string, known: readonly string[]): string {
  const near = nearest(given, known)
  return `there is no ${what} ${given}${near === undefined ? '' : `; did you mean ${near}?`}\nThere are ${known.join(', ')}.`
}

const countOf = (given: Given, option: string): [string, number][] => {
  const count = numberOf(given, option)
  return count === undefined ? [] : [[option, count]]
}

function numberOf(given: Given, name: string, least = 0): number | undefined {
  const text = given[name]
  if (typeof text !== 'string') return undefined
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  throw new UsageError(`--${name}: expected a whole number from ${least} on, got "${text}"`)
}

/** Kinds that share an option share its number; the first of them get what is left over. */
function shareOf(fault: Fault, faults: readonly Fault[], total: number | undefined): number | undefined {
  if (total === undefined) return undefined
  const sharing = faults.filter(({ option }) => option === fault.option)
  const place = sharing.indexOf(fault)
  return Math.floor(total / sharing.length) + (place < total % sharing.length ? 1 : 0)
}
