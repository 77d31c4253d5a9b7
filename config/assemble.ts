import { jobs } from '../jobs'
import type { JobSettings } from '../src/job/define-job'
import { vendorHosts, type VendorHost } from '../src/job/http'
import type { Read } from './checks'
import type { Config, Environment } from './config'
import type { Schema } from './schema'
import type { Setting } from './setting'

/** Puts checked settings into the shape that the rest of the code uses. */
export function assemble(environment: Environment, schema: Schema, read: Read): Config {
  /** A setting that was checked to have a value. */
  const must = <T>(setting: Setting<T>): T => {
    const value = read(setting)
    if (value === undefined) throw new Error(`${setting.env} was checked but has no value`)
    return value
  }
  const settingsOf = (jobId: string): JobSettings => {
    const of = schema.jobs[jobId]
    if (!of) throw new Error(`job ${jobId} has no settings`)
    return {
      cron: must(of.cron),
      timezone: must(of.timezone),
      missed: must(of.missed),
      mode: must(of.mode),
      attempts: must(of.attempts),
      backoff: must(of.backoffSeconds),
      backoffCap: must(of.backoffCapSeconds),
      deadline: must(of.deadlineSeconds),
      pageDeadline: must(of.pageDeadlineSeconds),
      runDeadline: must(of.runDeadlineSeconds),
      retryWithin: must(of.retryWithinSeconds),
      spread: must(of.spreadSeconds),
      excluded: must(of.excluded),
      concurrency: must(of.concurrency),
    }
  }
  const { vendors } = schema
  return {
    environment,
    redis: {
      url: must(schema.redis.url),
      prefix: must(schema.queuePrefix),
      ca: read(schema.redis.ca),
      sentinelUsername: read(schema.redis.sentinelUsername),
      sentinelPassword: read(schema.redis.sentinelPassword),
    },
    database: { url: must(schema.database.url), schema: must(schema.database.schema) },
    dashboard: {
      port: must(schema.dashboard.port),
      users: read(schema.dashboard.users) ?? [],
      sessionSecret: must(schema.dashboard.sessionSecret),
    },
    healthPort: must(schema.healthPort),
    metricsToken: must(schema.metricsToken),
    worker: { jobs: must(schema.worker.jobs), concurrency: read(schema.worker.concurrency) },
    shutdownGrace: must(schema.shutdownGraceSeconds),
    encryptionKeys: must(schema.encryptionKeys),
    piiPepper: must(schema.piiPepper),
    deployedBy: must(schema.deployedBy),
    logLevel: must(schema.logLevel),
    jobs: Object.fromEntries(jobs.map(({ id }) => [id, settingsOf(id)])),
    vendors: {
      baseUrls: Object.fromEntries(vendorHosts.map((host) => [host, must(vendors.baseUrls[host])])) as Record<
        VendorHost,
        string
      >,
      versions: {
        salesforce: must(vendors.salesforceApiVersion),
        googleAds: must(vendors.googleAdsApiVersion),
        metaGraph: must(vendors.metaGraphVersion),
      },
      bucketScale: must(vendors.bucketScale),
    },
  }
}
