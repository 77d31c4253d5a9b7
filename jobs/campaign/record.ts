import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { campaignColumns } from './columns'

export type CampaignRecord = RecordOf<typeof campaignColumns>

/** The vendor's two words for a state as one text; what is no text is handed on, and the record set aside. */
export function bothWords(...words: readonly unknown[]): unknown {
  const given = words.map(read.text).filter((word) => word !== null)
  const texts = given.filter((word) => typeof word === 'string')
  if (texts.length < given.length) return given.find((word) => typeof word !== 'string')
  return texts.length > 0 ? texts.join('/') : null
}
