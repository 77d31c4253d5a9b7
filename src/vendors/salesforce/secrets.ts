import { createHash } from 'node:crypto'

interface App {
  readonly client_id: string
  /** The org's My Domain: the only host that is asked for data. */
  readonly instance_url: string
}

/** The parts of a credential that a token needs, by the flow that it is for. */
export type SalesforceSecrets =
  | (App & { readonly flow: 'jwt'; readonly private_key: string; readonly username: string })
  | (App & { readonly flow: 'client_credentials'; readonly client_secret: string })

/** Names a credential without giving it away. Changes with every part of it, so a renewed one never gets the old one's token. */
export const credentialKey = (secrets: SalesforceSecrets): string =>
  digest(Object.entries(secrets).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** Names an org: what the vendor counts requests by, whichever credential they come with. */
export const orgKey = ({ instance_url }: SalesforceSecrets): string => digest(new URL(instance_url).host)

const digest = (of: unknown): string =>
  createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16)
