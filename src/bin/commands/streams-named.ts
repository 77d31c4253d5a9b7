import type { JobDefinition } from '../../job/define-job'
import { nearest } from '../../lib/nearest'
import { UsageError } from './outcome'

/** The streams of a job that a person typed, with commas between; all of them where nothing was typed. */
export function streamsNamed(job: JobDefinition, names: string | undefined): string[] {
  const known = Object.keys(job.streams)
  if (names === undefined) return known
  const wanted = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (wanted.length === 0) throw new UsageError('--streams: expected at least one name')
  for (const name of wanted) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw new UsageError(
      `--streams: ${job.id} has no stream "${name}"${near === undefined ? '' : `; did you mean ${near}?`} Expected ${known.join(', ')}`,
    )
  }
  return [...new Set(wanted)]
}
