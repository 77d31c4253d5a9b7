/** Stops what the setup has started; the launchers see to it where a run is cut off before this. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testServers?.[Symbol.asyncDispose]()
}
