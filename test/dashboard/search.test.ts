import { seconds } from '../../src/lib/durations'
import { testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

const setup = async () => {
  const dashboard = await testDashboard()
  const { database } = dashboard
  const riverside = await addAccount(database, 'ctm', 'riverside', { name: 'Riverside <b>Motors</b>' })
  await addAccount(database, 'ctm', 'river', { name: 'River' })
  await addRun(database, {
    job: 'ctm',
    state: 'partial',
    startedAgo: 900,
    took: 60,
    syncs: [{ account: riverside, state: 'failed' }],
  })
  await database.query(`update syncs set error_message = 'CTM answered 418: I am a teapot'`)
  const agent = await dashboard.loggedIn('viewer')
  return {
    database,
    riverside,
    search: async (text: string) => {
      const { text: page } = await agent
        .get(`/search?q=${encodeURIComponent(text)}`)
        .set('Accept', 'text/html')
        .expect(200)
      return (page.split('<main>')[1] ?? '').replaceAll(/\s+/g, ' ')
    },
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

describe('search', () => {
  test('finds clients by a part of their name, the most exact first, and shows markup as text', async () => {
    await using world = await setup()
    const page = await world.search('RIVER')
    expect(page).toContain('<a href="/clients/riverside">Riverside &lt;b&gt;Motors&lt;/b&gt;</a>')
    expect(page.indexOf('/clients/river"')).toBeLessThan(page.indexOf('/clients/riverside"'))
    expect(page).toContain('CTM account riverside-account')
    expect(await world.search('<b>')).toContain('value="&lt;b&gt;"')
    expect(await world.search('%')).toContain('Nothing was found')
  })

  test('finds jobs by name, and runs, syncs and accounts by number', async () => {
    await using world = await setup()
    expect(await world.search('google')).toContain('<a href="/jobs/google-ads">')
    const page = await world.search('1')
    expect(page).toContain('<a href="/runs/1">Run 1</a> of CTM')
    expect(page).toContain('<a href="/syncs/1">Sync 1</a> of CTM')
    expect(page).toContain(`<a href="/accounts/${world.riverside}">CTM account riverside-account</a>`)
    expect(await world.search('run-1')).not.toContain('/syncs/1')
  })

  test('finds errors by their words', async () => {
    await using world = await setup()
    const page = await world.search('a TEAPOT')
    expect(page).toContain('<a href="/syncs/1">CTM answered 418: I am a teapot</a>')
    await world.database.query(`update syncs set settled_at = settled_at - interval '40 days'`)
    expect(await world.search('a teapot')).toContain('Nothing was found')
  })

  test('finds by a time what had been due and what was under way', async () => {
    await using world = await setup()
    const page = await world.search(new Date(Date.now() - seconds(880)).toISOString())
    expect(page).toMatch(
      /<strong>CTM<\/strong> at .*last due <a href="\/jobs\/ctm\?slot=.*under way <a href="\/runs\/1">/,
    )
    expect(page).toMatch(/<strong>CDK<\/strong> at .{20,60}: nothing had been due/)
    expect(await world.search('yesterday 06:00')).toContain('At that time')
  })
})
