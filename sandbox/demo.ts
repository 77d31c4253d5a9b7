import { dealers } from './dealers'
import type { BaseUrls, DemoAccount, DemoCredential } from './part'
import { parts } from './vendors'

/** A client in the words of the import files. */
export interface DemoClient {
  readonly id: string
  readonly name: string
  readonly timezone: string
  readonly owner_email: string
}

/** What `npm start` imports. */
export interface DemoData {
  readonly clients: readonly DemoClient[]
  readonly credentials: readonly DemoCredential[]
  readonly accounts: readonly DemoAccount[]
}

/** The demo clients with an account at every simulated vendor, for a sandbox of the same seed. */
export function demoData(seed: string, baseUrls: BaseUrls): DemoData {
  const ofVendors = Object.values(parts).map((part) => part.demo(seed, baseUrls))
  return {
    clients: dealers.map(({ id, name, timezone }) => ({
      id,
      name,
      timezone,
      owner_email: `owner@${id}.example`,
    })),
    credentials: ofVendors.flatMap(({ credentials }) => credentials),
    accounts: ofVendors.flatMap(({ accounts }) => accounts),
  }
}

/** The settings that point vendors' clients at a sandbox. */
export const sandboxSettings = (url: string): Readonly<Record<string, string>> =>
  Object.assign({}, ...Object.values(parts).map(({ settings }) => settings(url))) as Record<string, string>
