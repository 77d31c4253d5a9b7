import type { JobDefinition } from '../../job/define-job'
import { ActRefusedError } from '../../runs/control/act-refused'
import { streamsChosen } from '../../runs/control/streams-chosen'
import { namesIn } from './names-in'
import { UsageError } from './outcome'

/** The streams of a job that a person typed, with commas between; all of them where nothing was typed. */
export function streamsNamed(job: JobDefinition, typed: string | undefined): string[] {
  if (typed === undefined) return Object.keys(job.streams)
  try {
    return streamsChosen(job, namesIn('--streams', typed))
  } catch (error) {
    if (!(error instanceof ActRefusedError)) throw error
    throw new UsageError(`--streams: ${error.message}`)
  }
}
