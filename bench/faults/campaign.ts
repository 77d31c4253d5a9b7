import { randomOf } from '../measure'
import type { Fault, Recovered } from './fault'
import { together, type Verdict } from './judge'
import { type Life, liveThrough, type Outcome } from './life'

/** Strikes that one fleet takes before the next is started, so that none grows old. */
const strikesPerLife = 100

/** A fault, and how often it is to strike. */
export interface Order {
  readonly fault: Fault
  readonly count: number
}

export interface CampaignOptions {
  readonly seed: number
  readonly workers: number
  readonly schedulers: number
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/** What came of one kind of fault. */
export interface Finding {
  readonly fault: Fault
  readonly wanted: number
  readonly recovered: readonly Recovered[]
  /** Strikes that were not recovered from: what was stuck, in words. */
  readonly failures: readonly string[]
  /**
   * What the fleets came to in the end; undefined where one of them was not lived to its end. A fleet that several kinds
   * struck has its verdict with the last of them.
   */
  readonly verdict: Verdict | undefined
}

/**
 * Carries out the orders one after the other, each on fleets of its own, so that a verdict speaks of one kind of fault; tells
 * of each as soon as it is through. Ends early when the signal aborts.
 */
export async function* oneByOne(
  orders: readonly Order[],
  options: CampaignOptions,
): AsyncGenerator<Finding, void, undefined> {
  for (const [index, order] of orders.entries()) {
    if (options.signal.aborted) return
    options.tell(`${order.fault.title}: ${order.count}`)
    const lives = await livesOf(strikesOf(order), { ...options, seed: options.seed + index })
    yield findingOf(order, lives, lives)
  }
}

/** Carries out all orders on the same fleet, which takes less time, and tells of them in the end. */
export async function allAtOnce(
  orders: readonly Order[],
  options: CampaignOptions,
): Promise<readonly Finding[]> {
  const [withSingle, withSentinels] = [undefined, 'sentinels'].map((redis) =>
    orders.filter(({ fault }) => fault.redis === redis).flatMap(strikesOf),
  )
  const lives = [
    ...(await livesOf(withSingle ?? [], options)),
    ...(await livesOf(withSentinels ?? [], options)),
  ]
  const none: readonly Life[] = []
  return orders.map((order, index) => findingOf(order, lives, index === orders.length - 1 ? lives : none))
}

const strikesOf = ({ fault, count }: Order): Fault[] => Array.from({ length: count }, () => fault)

/** Fleets, one after the other, until all strikes are made. */
async function livesOf(strikes: readonly Fault[], options: CampaignOptions): Promise<Life[]> {
  const { tell, signal, seed } = options
  const random = randomOf(seed)
  const lives: Life[] = []
  const made = () => lives.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  while (made() < strikes.length && !signal.aborted) {
    const before = made()
    const told = (outcome: Outcome, number: number): void =>
      tell(`  ${before + number}/${strikes.length}  ${outcome.fault.kind}  ${resultIn(outcome)}`)
    const next = strikes.slice(before, before + strikesPerLife)
    lives.push(await liveThrough(next, { ...options, random, tell: told }))
  }
  return lives
}

const resultIn = ({ recovered, failure }: Outcome): string =>
  recovered ? `${recovered.seconds.toFixed(1)} s` : `NOT RECOVERED: ${failure}`

function findingOf({ fault, count }: Order, lives: readonly Life[], judged: readonly Life[]): Finding {
  const own = lives.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome.fault === fault)
  const verdicts = judged.flatMap(({ verdict }) => (verdict ? [verdict] : []))
  return {
    fault,
    wanted: count,
    recovered: own.flatMap(({ recovered }) => (recovered ? [recovered] : [])),
    failures: own.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
    verdict: verdicts.length === judged.length ? together(verdicts) : undefined,
  }
}
