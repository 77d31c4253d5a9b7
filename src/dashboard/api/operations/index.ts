import type { Operation, OperationGroup } from '../operation'
import { accounts } from './accounts'
import { audit } from './audit'
import { backfills } from './backfills'
import { clients } from './clients'
import { credentials } from './credentials'
import { deadLetters } from './dead-letters'
import { incidents } from './incidents'
import { jobs } from './jobs'
import { overrides } from './overrides'
import { pauses } from './pauses'
import { rejected } from './rejected'
import { runs } from './runs'
import { slots } from './slots'
import { syncs } from './syncs'
import { tokens } from './tokens'
import { users } from './users'
import { visitorGroup } from './visitor'

/** All that the API offers, in the order in which its reference tells of it. */
export const groups: readonly OperationGroup[] = [
  jobs,
  slots,
  runs,
  syncs,
  accounts,
  clients,
  deadLetters,
  rejected,
  pauses,
  overrides,
  backfills,
  incidents,
  audit,
  credentials,
  users,
  tokens,
  visitorGroup,
]

export const operations: readonly Operation[] = groups.flatMap((group) => group.operations)
