import { PositionRefusedError, ShrinkGuardError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { platformOf } from '../../src/vendors/ad-platform'
import type { campaign } from './definition'
import { listGoogle } from './list-google'
import { listMeta } from './list-meta'

/** So often a listing starts over because the vendor has forgotten a cursor that it gave moments ago. */
const startsAtMost = 3

/**
 * Lists every campaign of the account, removed ones included: that is how a removal is learnt. What a complete listing lacks
 * is marked gone, too; one that broke off marks nothing.
 */
export const sync: Sync<typeof campaign> = async function* (context) {
  const { account, secrets, note } = context
  const { campaigns } = context.streams
  const platform = platformOf(account.externalId, secrets)
  // What an earlier attempt saw may be gone by now.
  if (campaigns.position) yield campaigns.restart()

  for (let starts = 1; ; starts += 1) {
    try {
      yield* listing()
      return
    } catch (error) {
      if (!(error instanceof PositionRefusedError) || starts === startsAtMost) throw error
      yield campaigns.restart()
    }
  }

  async function* listing(): AsyncGenerator<Page> {
    let [present, removed] = [0, 0]
    const batches = platform.name === 'google' ? listGoogle(context, platform) : listMeta(context, platform)
    for await (const records of batches) {
      const gone = records.filter(({ status }) => status === 'removed')
      const others = records.filter(({ status }) => status !== 'removed')
      if (others.length > 0) yield campaigns.page(others, { position: 'begun' })
      if (gone.length > 0) yield campaigns.gone(gone, { position: 'begun' })
      present += others.length
      removed += gone.length
    }
    // Both vendors go on listing what was removed, so an account does not become empty from one listing to the next.
    if (present + removed === 0 && campaigns.cursor?.hadCampaigns)
      throw new ShrinkGuardError(`${account.externalId}: the listing is empty, and the last one was not`)
    yield campaigns.complete({ hadCampaigns: present > 0 })
    note(`${present} campaigns, ${removed} removed ones`)
  }
}
