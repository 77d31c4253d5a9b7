import type { SyncsFor } from '../src/job/sync'
import type { jobs } from './index'
import { sync as ctm } from './ctm/sync'

/** Binds each written job to the story of its sync. A job that is declared `written` and missing here does not compile. */
export const syncs = { ctm } satisfies SyncsFor<(typeof jobs)[number]>
