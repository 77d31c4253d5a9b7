import { boardJobOfRun, boardJobOfSync, pageOfBullJob } from '../../src/dashboard/links'

const dueAt = new Date('2026-11-22T06:00:00Z')

/** The queue and the job that an address in Bull Board names. */
const named = (address: string): [string, string] => {
  const [, queue = '', id = ''] = /^\/queues\/queue\/([^/]+)\/([^/]+)$/.exec(address) ?? []
  return [decodeURIComponent(queue), decodeURIComponent(id)]
}

describe('links', () => {
  test('lead from Bull Board to the page from which they led there', () => {
    expect(pageOfBullJob(...named(boardJobOfSync({ id: '12', job: 'google-ads' })))).toBe('/syncs/12')
    const byHand = { id: '7', job: 'google-ads', kind: 'manual', dueAt: null }
    expect(pageOfBullJob(...named(boardJobOfRun(byHand)))).toBe('/runs/7')
    // A tick's job knows its instant and no run: the job's page tells what became of that.
    const tick = named(boardJobOfRun({ ...byHand, kind: 'slot', dueAt }))
    expect(tick).toEqual(['runs', `repeat:google-ads:${dueAt.getTime()}`])
    expect(pageOfBullJob(...tick)).toBe('/jobs/google-ads?slot=2026-11-22T06%3A00%3A00.000Z')
    expect(pageOfBullJob('ctm', '4711')).toBeUndefined()
  })
})
