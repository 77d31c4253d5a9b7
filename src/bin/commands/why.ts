import type { Command } from 'commander'
import type { Config } from '../../../config/config'
import type { Job } from '../../job/define-job'
import { countingOf } from '../../ledger/slots/slot-history'
import { Disposables } from '../../lib/disposables'
import { seconds } from '../../lib/durations'
import { noteOnClocks } from '../../lib/read-instant'
import { connect, ready } from '../../queue/connection'
import { isTickPending } from '../../queue/job-schedulers'
import { createQueues } from '../../queue/queues'
import { liveJobOf } from '../../runs/control/live-jobs'
import { askWhy, type InstantAnswer } from '../../runs/slots/ask-why'
import type { TickState } from '../../runs/slots/why'
import { silentLogger } from '../../telemetry/logger'
import type { CommandContext } from './context'
import { typedInstant } from './instants'
import { knownJob } from './known-job'
import { showJson, withJson, type ShowOptions } from './show'

/** `why` */
export function addWhy(program: Command, context: CommandContext): void {
  withJson(program.command('why'))
    .description('what became of an instant for a job, and why; also where nothing was due')
    .argument('<job>', 'a job id, as in `jobs list`')
    .argument(
      '<instant>',
      '2026-11-21T06:00:00Z, "2026-11-21 06:00" or "yesterday 06:00" in the job\'s zone, or now',
    )
    .action(async (id: string, text: string, options: ShowOptions) => {
      const known = knownJob(context.config(), id)
      typedInstant(text, known, new Date())
      await using ledger = await context.openLedger()
      const job = await liveJobOf(ledger.database, known)
      const { now } = await countingOf(ledger.database, job.id)
      const read = typedInstant(text, job, now)
      const tickOf = async (dueAt: Date) => tickIn(ledger.config, job, dueAt, context.signal)
      const answers: InstantAnswer[] = []
      for (const instant of read.kind === 'fold' ? read.instants : [read.instant])
        answers.push(await askWhy(ledger.database, job, instant, tickOf))
      const note = noteOnClocks(text, read, job.effective.timezone)
      if (options.json) return showJson(context, { asked: text, note: note ?? null, answers })
      if (note !== undefined) context.print(note)
      for (const { reason, others } of answers)
        context.print(
          others > 0
            ? `${reason} ${others} more ${others === 1 ? 'is' : 'are'} due in the same minute.`
            : reason,
        )
    })
}

/** Where a slot's tick is in Redis. A ledger can be asked without Redis, so not getting through is no failure. */
async function tickIn(config: Config, job: Job, dueAt: Date, signal: AbortSignal): Promise<TickState> {
  await using owned = new Disposables()
  const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-cli' }, silentLogger)
  owned.defer(() => redis.disconnect())
  try {
    await ready(redis, AbortSignal.any([signal, AbortSignal.timeout(seconds(3))]))
    const queues = owned.use(createQueues(redis, config.redis.prefix, []))
    return (await isTickPending(queues, job.id, dueAt)) ? 'pending' : 'none'
  } catch {
    return undefined
  }
}
