import { z } from 'zod'
import type { MetaClient, MetaPage } from '../../src/vendors/meta/client'
import { MetaTooMuchDataError } from '../../src/vendors/meta/errors'

export interface From {
  /** The cursor of the first page; absent, the list's beginning. */
  readonly after: string | undefined
  readonly signal: AbortSignal
}

type Pages = AsyncGenerator<MetaPage<unknown>, void, undefined>

const adFields =
  'id,name,account_id,campaign_id,adset_id,status,configured_status,effective_status,created_time,updated_time,' +
  'preview_shareable_link,creative{id}'

/** All states but deleted and archived: an ad that comes to one of those is gone. */
const listed = [
  'ACTIVE',
  'PAUSED',
  'ADSET_PAUSED',
  'CAMPAIGN_PAUSED',
  'PENDING_REVIEW',
  'DISAPPROVED',
  'IN_PROCESS',
  'WITH_ISSUES',
  'PENDING_BILLING_INFO',
  'PREAPPROVED',
]

/** The account's ads, each with the id of its creative. Rows are as they came. */
export function metaAds(client: MetaClient, { after, signal }: From): Pages {
  const query = { fields: adFields, effective_status: JSON.stringify(listed) }
  return client.list(`${client.accountPath}/ads`, query, z.unknown(), signal, { limit: 100, after })
}

const lightFields =
  'id,account_id,name,status,title,body,object_type,actor_id,image_hash,image_url,thumbnail_url,video_id,' +
  'call_to_action_type,link_url,object_url,template_url,url_tags,object_story_id,effective_object_story_id,' +
  'object_story_spec,product_set_id,instagram_user_id'
const fields = `${lightFields},asset_feed_spec`

/**
 * The account's creatives, as they came. Where the vendor finds a single one too much, it comes without its
 * `asset_feed_spec`, which may hold dozens of variants: better than none of the account's.
 */
export async function* metaCreatives(
  client: MetaClient,
  { note, ...from }: From & { readonly note: (message: string) => void },
): Pages {
  const path = `${client.accountPath}/adcreatives`
  const list = (query: string, after: string | undefined) =>
    client.list(path, { fields: query }, z.unknown(), from.signal, { limit: 50, after })
  let at: string | undefined = from.after
  do {
    try {
      for await (const page of list(fields, at)) {
        at = page.after
        yield page
      }
      return
    } catch (error) {
      if (!(error instanceof MetaTooMuchDataError)) throw error
    }
    // The client asks for one at a time by now.
    const { value: page } = await list(lightFields, at).next()
    if (!page) return
    const [creative] = page.items as readonly { readonly id?: unknown }[]
    note(`creative ${String(creative?.id)} is too much for the vendor: listed without its variants`)
    at = page.after
    yield page
  } while (at !== undefined)
}
