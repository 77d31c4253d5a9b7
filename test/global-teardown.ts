import { dropDatabasesOf } from './support/database-copies'

/** Removes what the run made; the launchers see to their own servers where a run is cut off before this. */
export default async function globalTeardown(): Promise<void> {
  const { TEST_RUN, TEST_DATABASE_URL } = process.env
  if (globalThis.testServers) await globalThis.testServers[Symbol.asyncDispose]()
  else if (TEST_RUN && TEST_DATABASE_URL) await dropDatabasesOf(TEST_RUN, TEST_DATABASE_URL)
}
