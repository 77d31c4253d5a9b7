import { schemaOf } from '../../../config/schema'
import { settingsIn } from '../../../config/setting'
import type { LocalState } from './local-state'

type Environment = Readonly<Record<string, string>>

/** True where the caller gave this setting, as text or as a file. */
export const isGiven = (env: NodeJS.ProcessEnv, name: string): boolean =>
  env[name] !== undefined || env[`${name}_FILE`] !== undefined

/** The generated settings of a clone's own fleet, except those that the caller gave. */
export function generatedSettings(state: LocalState, env: NodeJS.ProcessEnv): Environment {
  const generated = {
    DASHBOARD_USERS: `admin:admin:${state.adminPassword}`,
    SESSION_SECRET: state.sessionSecret,
    ENCRYPTION_KEYS: state.encryptionKeys,
    PII_PEPPER: state.piiPepper,
    METRICS_TOKEN: state.metricsToken,
    DEPLOYED_BY: 'npm start',
  }
  const kept = Object.entries(generated).filter(([name]) => !isGiven(env, name))
  // Its schedules are the accelerated ones.
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' }
}

/** What of the caller's environment are settings of ours: a command in another terminal needs them too. */
export function givenSettings(env: NodeJS.ProcessEnv): Environment {
  const names = settingsIn(schemaOf('development')).flatMap(({ setting }) => [
    setting.env,
    `${setting.env}_FILE`,
  ])
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
