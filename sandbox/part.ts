import type { SimulatedVendor, World } from './vendor'

/** Base URLs by vendor, as the settings have them: of those that credentials or accounts name themselves. */
export type BaseUrls = Readonly<{ salesforceLogin: string; dealertrend: string }>

/** A credential in the words of the import files. */
export interface DemoCredential {
  readonly id: string
  readonly job: string
  readonly secrets: Readonly<Record<string, unknown>>
}

/** An account in the words of the import files. */
export interface DemoAccount {
  /** The id of one of the `dealers`. */
  readonly client: string
  readonly job: string
  readonly external_id: string
  readonly credential: string
  readonly timezone: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** Of the demo clients, what one vendor adds. */
export interface DemoPart {
  readonly credentials: readonly DemoCredential[]
  readonly accounts: readonly DemoAccount[]
}

/** All that the sandbox needs to know of one vendor. Each folder exports one, and `vendors.ts` lists it. */
export interface SandboxPart<Options, Vendor extends SimulatedVendor> {
  readonly create: (world: World, options?: Options) => Vendor
  /** The environment that points clients at the sandbox, by the names of the settings. */
  readonly settings: (sandboxUrl: string) => Readonly<Record<string, string>>
  /** What `npm start` imports. The same seed opens a sandbox of that seed; hosts stand where credentials name them. */
  readonly demo: (seed: string, baseUrls: BaseUrls) => DemoPart
}
