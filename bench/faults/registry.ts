import { blockedLoop } from './blocked-loop'
import { cancel } from './cancel'
import { clockJumps } from './clock-jumps'
import { deploy } from './deploy'
import type { Fault } from './fault'
import { lostTick } from './lost-tick'
import { partitions } from './partitions'
import { postgresRestart } from './postgres-restart'
import { redisDisk, redisFlush, redisKill } from './redis-lost'
import { leadHandOver, schedulerKill } from './scheduler-ends'
import { sentinelFailover } from './sentinel-failover'
import { workerFreeze } from './worker-freeze'
import { workerKill } from './worker-kill'
import { workerStop } from './worker-stop'

/** Every fault there is, in the order of the report. */
export const faults: readonly Fault[] = [
  workerKill,
  workerFreeze,
  blockedLoop,
  workerStop,
  deploy,
  schedulerKill,
  leadHandOver,
  lostTick,
  cancel,
  redisKill,
  redisFlush,
  redisDisk,
  sentinelFailover,
  postgresRestart,
  ...partitions,
  ...clockJumps,
]
