import { join } from 'node:path'
import { complaintOf, exitCodeOf } from '../../src/bin/commands/outcome'
import { inWords, seconds } from '../../src/lib/durations'
import { missing } from '../../test/support/redis-nodes'
import { surroundings } from '../report'
import { accounts } from './accounts'
import { allAtOnce, oneByOne } from './campaign'
import { type FaultResult, resultOf } from './findings'
import { Ground } from './ground'
import { type Options, readOptions } from './options'
import { faults } from './registry'
import { type FaultReport, isFaultless, keptRows, summaryOf, writeReport } from './report'

/** A fleet's start and its end, in seconds. */
const aroundLife = 35

/** Ctrl-C ends the campaign and keeps what it has; pressed again, it ends the process. */
const stop = new AbortController()
let pressedAt = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // One press comes twice: from the terminal, and passed on by npm.
    if (stop.signal.aborted && Date.now() - pressedAt > seconds(1)) process.exit(1)
    if (stop.signal.aborted) return
    pressedAt = Date.now()
    console.log('Stopping; what was found so far is being written …')
    stop.abort(new Error('stopped by hand'))
  })
}

async function main(args: readonly string[]): Promise<void> {
  const options = withoutMissing(readOptions(args, faults))
  const { signal } = stop
  const startedAt = Date.now()
  const origin = {
    at: new Date(startedAt).toISOString(),
    command: ['npm run faults', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    seed: options.seed,
  }
  const base = {
    form: options.form,
    fleet: { schedulers: options.schedulers, workers: options.workers, accounts: accounts.length },
    ...(await askServers(signal)),
  }
  const folder = options.out ?? join(__dirname, '../results')
  console.log(`${options.orders.length} kinds of faults, about ${inWords(estimate(options))} on two cores.`)
  const results: FaultResult[] = []
  const report = async (partial?: string): Promise<FaultReport> => {
    const kept = options.keep ? await keptRows(folder, new Set(results.map(({ kind }) => kind))) : []
    const order = faults.map(({ kind }) => kind)
    return {
      ...base,
      ...(partial === undefined ? {} : { partial }),
      faults: [...kept, ...results].toSorted(
        (one, other) => order.indexOf(one.kind) - order.indexOf(other.kind),
      ),
    }
  }
  const how = { ...options, tell, signal }
  if (options.form === 'short') {
    for (const finding of await allAtOnce(options.orders, how)) results.push(resultOf(finding, origin))
  } else {
    for await (const finding of oneByOne(options.orders, how)) {
      const result = resultOf(finding, origin)
      results.push(result)
      tell(`  ${summaryOf([result])}`)
      // So that even a run that is killed leaves what it found.
      await writeReport(await report('still under way'), folder)
    }
  }
  await writeReport(await report(signal.aborted ? 'ended by hand before it was through' : undefined), folder)
  console.log(`\n${summaryOf(results)}\nSee ${join(folder, 'faults.md')}`)
  if (!results.every(isFaultless)) process.exitCode = 1

  function tell(line: string): void {
    console.log(`${inWords(Date.now() - startedAt).padEnd(12)} ${line}`)
  }
}

/** Sentinels need programs that not every machine has; everything else finds its own. */
function withoutMissing(options: Options): Options {
  if (missing.length === 0) return options
  const orders = options.orders.filter(({ fault }) => fault.redis !== 'sentinels')
  if (orders.length < options.orders.length) {
    console.log(`No ${missing.join(' and no ')} on PATH: the failover of Sentinels is left out.`)
  }
  return { ...options, orders }
}

async function askServers(signal: AbortSignal): ReturnType<typeof surroundings> {
  await using ground = await Ground.open('single', signal)
  return await surroundings(ground.way.url, ground.postgresUrl)
}

/** Fleets are what takes time where faults are few: in the short form there is one for all. */
const estimate = ({ orders, form }: Options): number => {
  const strikes = orders.reduce((sum, { fault, count }) => sum + count * fault.pace, 0)
  const lives = orders.reduce((sum, { count }) => sum + Math.ceil(count / 100), 0)
  return seconds(strikes + aroundLife * (form === 'short' ? 1 : lives))
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = exitCodeOf(error)
  console.error(stop.signal.aborted ? 'Stopped before anything was found.' : complaintOf(error))
})
