import type { RequestHandler } from 'express'
import type { Job } from '../job/define-job'
import type { Database } from '../ledger/postgres/database'
import type { ExpiringValues } from '../queue/expiring-values'
import type { Queue } from '../queue/queues'
import type { AskVendors } from '../runs/accounts/check-account'
import type { ActTools } from '../runs/control/act-tools'
import type { Health } from '../telemetry/health'
import type { Logger } from '../telemetry/logger'
import type { Metrics } from '../telemetry/metrics'
import type { Passwords } from './passwords'

/** What the addresses for monitors work with. */
export interface MonitorContext {
  readonly health: Health
  readonly metrics: Metrics
  /** What `/metrics` asks for as a bearer token. */
  readonly metricsToken: string
}

/** What the dashboard works with. It owns none of it. */
export interface Context extends MonitorContext {
  /** All jobs of this deployment, under their effective settings. */
  readonly jobs: readonly Job[]
  readonly database: Database
  /** The ten queues. */
  readonly queues: readonly Queue[]
  /** What the acts of people work with. */
  readonly tools: ActTools
  /** What that takes is loaded by the first who asks. */
  readonly checkAccounts: AskVendors
  /** Sessions and counters of failed logins, shared by all replicas. */
  readonly values: ExpiringValues
  readonly passwords: Passwords
  readonly sessionSecret: string
  /**
   * Cookies travel over HTTPS only, and the address, host and protocol that a proxy on a private network reports are
   * believed. For deployments behind TLS.
   */
  readonly secureCookies: boolean
  /** `production`, `staging` …: shown on every page, so that nobody mistakes one for another. */
  readonly environment: string
  readonly logger: Logger
  /** For session lifetimes. */
  readonly clock: () => Date
}

/** A route is a function of its context: parse, do one thing, answer. */
export type Route<Needs = Context> = (ctx: Needs) => RequestHandler
