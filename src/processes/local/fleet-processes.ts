import { seconds } from '../../lib/durations'
import { heapLimit } from '../heap-limit'
import type { FleetProcess } from './fleet-process'

export interface FleetPlan {
  /** The command line's script. */
  readonly entry: string
  /** What all of them are told. */
  readonly env: NodeJS.ProcessEnv
  readonly ports: {
    readonly dashboard: number
    readonly scheduler: number
    readonly workers: readonly number[]
  }
  /** Milliseconds that a process gives its active work when it stops. */
  readonly shutdownGrace: number
}

/** The scheduler, the workers and the dashboard: each a command of ours that its environment alone tells what to do. */
export function fleetProcesses({ entry, env, ports, shutdownGrace }: FleetPlan): FleetProcess[] {
  const of = (
    command: string,
    name: string,
    port: number,
    setting: 'PORT' | 'HEALTH_PORT',
  ): FleetProcess => ({
    name,
    args: [...heapLimit, entry, command],
    env: { ...env, [setting]: String(port) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    // What it may take on top to close its connections.
    grace: shutdownGrace + seconds(10),
  })
  return [
    of('scheduler', 'scheduler', ports.scheduler, 'HEALTH_PORT'),
    ...ports.workers.map((port, index) => of('worker', `worker-${index + 1}`, port, 'HEALTH_PORT')),
    of('dashboard', 'dashboard', ports.dashboard, 'PORT'),
  ]
}

/** The simulated vendors as a process of their own. */
export function sandboxProcess(
  entry: string,
  { port, epoch }: { readonly port: number; readonly epoch: string },
  env: NodeJS.ProcessEnv,
): FleetProcess {
  return {
    name: 'sandbox',
    args: [entry, 'sandbox', '--port', String(port), '--epoch', epoch],
    env,
    readyUrl: `http://127.0.0.1:${port}/control/clock`,
    grace: seconds(5),
  }
}
