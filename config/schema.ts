import { jobs } from '../jobs'
import { environments, type Environment } from './config'
import { certificates, keyPrefix, line, logLevel, oneOf, port, postgresUrl, redisUrl } from './formats'
import { durationInSeconds, givenSecret, schemaName, secret, wholeNumber } from './formats'
import { jobSettings } from './job-settings'
import { encryptionKeys, jobList, users } from './list-formats'
import type { Setting } from './setting'
import { vendorSettings } from './vendor-settings'

const allJobs = jobs.map(({ id }) => id)

/** Says that the setting's own type is kept, while its shape is checked. */
const setting = <T>(of: Setting<T>): Setting<T> => of

export const environmentSetting = setting({
  doc: 'Which of the files beside this one applies, and how strict we are: staging and production refuse missing, weak and built-in secrets.',
  format: oneOf('environment', environments),
  default: 'development',
  env: 'NODE_ENV',
})

/** Every setting of one environment; the environments differ in their JSON files, and in what a cron pattern may be. */
export const schemaOf = (environment: Environment) => ({
  redis: {
    url: setting({
      doc: 'The Redis that holds queues, locks, rate buckets and sessions. It may be lost: the ledger rebuilds it. One server, Sentinels (redis+sentinel://host1,host2,host3/mymaster) or a cluster (redis+cluster://host1,host2); rediss speaks TLS. User and password stand in front of the hosts.',
      format: redisUrl,
      default: null,
      env: 'REDIS_URL',
      protect: 'masked',
    }),
    ca: setting({
      doc: 'Who must have signed the certificates of Redis and its Sentinels, in place of the authorities that the system trusts. Best given as REDIS_CA_FILE.',
      format: certificates,
      default: null,
      env: 'REDIS_CA',
      optional: true,
      protect: 'masked',
    }),
    sentinelUsername: setting({
      doc: 'The user for the Sentinels themselves, where they have users of their own.',
      format: line,
      default: null,
      env: 'REDIS_SENTINEL_USERNAME',
      optional: true,
    }),
    sentinelPassword: setting({
      doc: 'The password for the Sentinels themselves, where they ask for one.',
      format: givenSecret,
      default: null,
      env: 'REDIS_SENTINEL_PASSWORD',
      optional: true,
      protect: 'masked',
    }),
  },
  queuePrefix: setting({
    doc: 'In front of every Redis key, so that fleets may share a server. In braces on a Redis cluster, so that one node holds all of them.',
    format: keyPrefix,
    default: 'syncfleet',
    env: 'QUEUE_PREFIX',
  }),
  database: {
    url: setting({
      doc: 'The Postgres that holds the ledger and the destination tables.',
      format: postgresUrl,
      default: null,
      env: 'DATABASE_URL',
      protect: 'masked',
    }),
    schema: setting({
      doc: 'The schema of all our tables. Jobs in shadow mode write into one of the same name with _shadow behind it.',
      format: schemaName,
      default: 'integration',
      env: 'DATABASE_SCHEMA',
    }),
  },
  dashboard: {
    port: setting({ doc: 'Where the dashboard listens.', format: port, default: 3000, env: 'PORT' }),
    users: setting({
      doc: 'Who may log in as long as the ledger knows no users: name:role:password between commas, the role being viewer, operator or admin.',
      format: users,
      default: null,
      env: 'DASHBOARD_USERS',
      optional: true,
      protect: 'secret',
    }),
    sessionSecret: setting({
      doc: 'Signs session cookies. Changing it logs everybody out.',
      format: secret(32),
      default: null,
      env: 'SESSION_SECRET',
      protect: 'secret',
    }),
  },
  healthPort: setting({
    doc: 'Where scheduler and worker answer /healthz, /readyz and /metrics.',
    format: port,
    default: 8081,
    env: 'HEALTH_PORT',
  }),
  metricsToken: setting({
    doc: 'The bearer token that /metrics asks for.',
    format: secret(16),
    default: null,
    env: 'METRICS_TOKEN',
    protect: 'secret',
  }),
  worker: {
    jobs: setting({
      doc: 'The jobs whose syncs this worker performs, by id between commas. Every job needs a worker somewhere.',
      format: jobList(allJobs),
      default: allJobs.join(','),
      env: 'WORKER_JOBS',
    }),
    concurrency: setting({
      doc: 'Syncs of each job at once in this worker, instead of what the jobs themselves say.',
      format: wholeNumber(1, 100),
      default: null,
      env: 'WORKER_CONCURRENCY',
      optional: true,
    }),
  },
  shutdownGraceSeconds: setting({
    doc: 'How long active syncs may still finish their page after SIGTERM. Keep it below the stop timeout of the container.',
    format: durationInSeconds(0, 600),
    default: 25,
    env: 'SHUTDOWN_GRACE_SECONDS',
  }),
  encryptionKeys: setting({
    doc: 'Seal the vendors’ secrets: id:key between commas, each key being 32 bytes in base64. The first one seals, all of them open; after putting a new one in front, run `syncfleet credentials rotate`.',
    format: encryptionKeys,
    default: null,
    env: 'ENCRYPTION_KEYS',
    protect: 'secret',
  }),
  piiPepper: setting({
    doc: 'Keys the hashes that stand for phone numbers and e-mail addresses. Changing it makes new hashes differ from those stored.',
    format: secret(32),
    default: null,
    env: 'PII_PEPPER',
    protect: 'secret',
  }),
  deployedBy: setting({
    doc: 'Who or what deployed this build, for the audit log.',
    format: line,
    default: 'unknown',
    env: 'DEPLOYED_BY',
  }),
  logLevel: setting({
    doc: 'The least important lines that are still logged.',
    format: logLevel,
    default: 'info',
    env: 'LOG_LEVEL',
  }),
  vendors: vendorSettings(environment),
  jobs: Object.fromEntries(jobs.map((job) => [job.id, jobSettings(job, environment)])),
})

export type Schema = ReturnType<typeof schemaOf>
