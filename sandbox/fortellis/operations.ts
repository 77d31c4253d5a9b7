import { createHash } from 'node:crypto'
import { hours } from '../../src/lib/durations'
import type { VendorAnswer } from '../vendor'
import type { FortellisAccount, Moment, Standing } from './account'
import type { Kind } from './account-spec'
import type { Raw } from './raw'

export interface Asked {
  readonly kind: Kind
  readonly list: string
  readonly department: string
  readonly from: string | null
  readonly to: string | null
}

export interface Operation extends Asked {
  readonly id: string
  readonly account: FortellisAccount
  /** What its result is a snapshot of. */
  readonly moment: Moment
  readonly readyAt: number
  readonly ends: 'complete' | 'error' | 'never'
  readonly isEmpty: boolean
}

/** A result is kept for so long once it is complete. */
const keptFor = hours(24)

/** The extracts that the vendor has in hand. */
export class Operations {
  readonly #seed: string
  readonly #known = new Map<string, Operation>()
  /** The most that one dealership has had in hand at once, for one kind of record. */
  mostAtOnce = 0
  /** Extracts that were ever asked for. */
  count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  start(
    account: FortellisAccount,
    asked: Asked,
    now: number,
    how: Pick<Operation, 'ends' | 'isEmpty'>,
  ): Operation {
    this.count += 1
    const id = uuidOf(`${this.#seed} operation ${this.count}`)
    const readyAt = now + account.spec.prepareMs
    const operation = { ...asked, ...how, id, account, moment: account.moment(now), readyAt }
    this.#known.set(id, operation)
    const atOnce = [...this.#known.values()].filter(
      (other) =>
        other.account === account && other.kind === asked.kind && this.statusOf(other, now) === 'received',
    )
    this.mostAtOnce = Math.max(this.mostAtOnce, atOnce.length)
    return operation
  }

  /** Undefined where there is none, or its result has been thrown away. */
  find(id: string, account: FortellisAccount, now: number): Operation | undefined {
    const operation = this.#known.get(id)
    return operation?.account === account && now <= operation.readyAt + keptFor ? operation : undefined
  }

  statusOf({ ends, readyAt }: Operation, now: number): 'received' | 'complete' | 'error' {
    if (now < readyAt || ends === 'never') return 'received'
    return ends
  }

  /** Forgets all of them, as after a breakdown. */
  lose(): void {
    this.#known.clear()
  }
}

/** The records of an extract, in one order for ever. */
export function* resultOf({
  account,
  kind,
  list,
  department,
  from,
  to,
  moment,
  isEmpty,
}: Operation): Generator<Raw> {
  if (isEmpty) return
  const isListed = filterOf(list, from, to)
  for (const standing of account.standings(kind, department, moment)) {
    if (!isListed(standing)) continue
    yield standing.raw
    if (account.isDoubled) yield standing.raw
  }
  const isChangeOf = (at: number) => at >= Date.parse(from ?? '') && at <= Date.parse(to ?? '')
  for (const { raw, at } of account.malformed(kind, department, moment))
    if (list !== 'history' && !list.startsWith('open') && (!list.includes('delta') || isChangeOf(at)))
      yield raw
}

function filterOf(list: string, from: string | null, to: string | null): (standing: Standing) => boolean {
  if (list === 'bulk') return () => true
  const mayBe = (isClosed: boolean) => list === 'delta' || (list.startsWith('open') ? !isClosed : isClosed)
  if (list.includes('delta')) {
    const [first, last] = [Date.parse(from ?? ''), Date.parse(to ?? '')]
    return ({ isClosed, touched }) => mayBe(isClosed) && touched.some((at) => at >= first && at <= last)
  }
  return ({ isClosed, filed }) => mayBe(isClosed) && filed >= (from ?? '') && filed <= (to ?? '')
}

/** Results of up to so many records are made at once. */
const few = 1000

/** One body, however long: a large one is never in memory. */
export function bodyOf(operation: Operation): Pick<VendorAnswer, 'body' | 'lines'> {
  const data: unknown[] = []
  for (const raw of resultOf(operation)) {
    data.push(raw)
    if (data.length > few) return { body: '', lines: linesOf(operation) }
  }
  return { body: { data } }
}

function* linesOf(operation: Operation): Generator<string> {
  yield '{"data":['
  let isFirst = true
  for (const raw of resultOf(operation)) {
    yield `${isFirst ? '' : ','}${JSON.stringify(raw)}`
    isFirst = false
  }
  yield ']}'
}

/** A UUID that is the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
