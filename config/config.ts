import type { JobSettings } from '../src/job/define-job'
import type { VendorHost, VersionedApi } from '../src/job/http'

export const environments = ['development', 'test', 'staging', 'production'] as const
export type Environment = (typeof environments)[number]

/** Everything this deployment is told, checked as a whole. Durations in milliseconds. Holds secrets: never log it. */
export interface Config {
  readonly environment: Environment
  readonly redis: {
    /** As `parseRedisUrl` reads it. */
    readonly url: string
    /** In front of every key; in braces on a cluster. */
    readonly prefix: string
    /** Certificates in PEM, trusted in place of the system's; only where the URL says TLS. */
    readonly ca: string | undefined
    /** For the Sentinels themselves; only where the URL names some. */
    readonly sentinelUsername: string | undefined
    readonly sentinelPassword: string | undefined
  }
  readonly database: { readonly url: string; readonly schema: string }
  readonly dashboard: {
    readonly port: number
    /** Fills the ledger's users when it has none. */
    readonly users: readonly {
      readonly name: string
      readonly role: 'viewer' | 'operator' | 'admin'
      readonly password: string
    }[]
    readonly sessionSecret: string
  }
  /** Health and metrics of scheduler and worker. */
  readonly healthPort: number
  readonly metricsToken: string
  readonly worker: {
    /** Job ids whose queues this worker consumes. */
    readonly jobs: readonly string[]
    /** Syncs per job per process; overrides the jobs' own concurrency where set. */
    readonly concurrency: number | undefined
  }
  readonly shutdownGrace: number
  /** The first one encrypts; all of them decrypt. `key` is 32 bytes. */
  readonly encryptionKeys: readonly { readonly id: string; readonly key: Buffer }[]
  readonly piiPepper: string
  readonly deployedBy: string
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug'
  /** By job id, for all nine. */
  readonly jobs: Readonly<Record<string, JobSettings>>
  readonly vendors: {
    readonly baseUrls: Readonly<Record<VendorHost, string>>
    readonly versions: Readonly<Record<VersionedApi, string>>
    /** Widens every rate bucket; 1 wherever the vendors are real. */
    readonly bucketScale: number
  }
}
