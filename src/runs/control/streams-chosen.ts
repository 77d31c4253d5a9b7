import type { JobDefinition } from '../../job/define-job'
import { nearest } from '../../lib/nearest'
import { ActRefusedError } from './act-refused'

/** The streams of a job that somebody named, each once. Throws an `ActRefusedError` for a name that fits none. */
export function streamsChosen(job: JobDefinition, names: readonly string[]): string[] {
  const known = Object.keys(job.streams)
  if (names.length === 0) throw new ActRefusedError('invalid', 'name at least one stream')
  for (const name of names) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw new ActRefusedError(
      'not-found',
      `${job.id} has no stream "${name}"${near === undefined ? '; expected' : `; did you mean ${near}? Expected`} ${known.join(', ')}`,
    )
  }
  return [...new Set(names)]
}

/** The same; undefined where that comes to all of them. */
export function someStreams(job: JobDefinition, names: readonly string[] | undefined): string[] | undefined {
  const chosen = names && streamsChosen(job, names)
  return chosen && chosen.length < Object.keys(job.streams).length ? chosen : undefined
}
