/** The first three characters of an id tell the object. */
export const prefixes = {
  Organization: '00D',
  Account: '001',
  Lead: '00Q',
  Opportunity: '006',
  Campaign: '701',
  CampaignMember: '00v',
  User: '005',
  Contact: '003',
} as const

/**
 * An id in its long form: fifteen characters that tell capitals from small letters, and three that say which are capitals.
 * `place` is four characters; numbers of the same place and prefix sort as numbers do.
 */
export function idOf(object: keyof typeof prefixes, place: string, number: number): string {
  return longForm(`${prefixes[object]}${place}${number.toString(36).toUpperCase().padStart(8, '0')}`)
}

function longForm(short: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
  const suffix = [0, 5, 10].map((start) => {
    let bits = 0
    for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(short.charAt(start + at))) bits += 2 ** at
    return letters.charAt(bits)
  })
  return short + suffix.join('')
}
