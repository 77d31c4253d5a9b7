import { readFile } from 'node:fs/promises'
import { DateTime } from 'luxon'
import type { Page } from 'playwright-core'
import { openOverrides } from '../../src/ledger/control/overrides'
import { openPauses } from '../../src/ledger/control/pauses'
import { minutes } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { openChrome, withChrome } from '../support/chrome'
import { passwordOf, testDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'

const chicago = 'America/Chicago'

const setup = async () => {
  const dashboard = await testDashboard()
  const { database } = dashboard
  const accounts = new Map<string, string>()
  for (const [client, name] of [
    ['riverside', 'Riverside Motors'],
    ['northgate', 'Northgate Cars'],
    ['lakeside', 'Lakeside <i>Auto</i>'],
  ] as const)
    for (const job of ['salesforce', 'ctm', 'google-ads'])
      accounts.set(`${client} ${job}`, await addAccount(database, job, client, { name }))
  const accountOf = (name: string) => accounts.get(name) ?? ''

  // A run that no worker takes up, and two syncs of another that failed for good in the same way.
  const running = { account: accountOf('riverside ctm'), state: 'running' } as const
  await addRun(database, { job: 'ctm', state: 'running', startedAgo: 60, took: 0, syncs: [running] })
  await database.query(`update syncs set state = 'waiting', started_at = null`)
  const failed = ['riverside google-ads', 'northgate google-ads'].map((name) => ({
    account: accountOf(name),
    state: 'failed' as const,
  }))
  await addRun(database, { job: 'google-ads', state: 'partial', startedAgo: 900, took: 5, syncs: failed })
  await database.query(
    `update syncs set error_class = 'bug', error_code = 'vendor_request', error_message = 'no field <u>spend</u>', error_signature = 's1'
     where state = 'failed'`,
  )
  const yesterday = DateTime.now().setZone(chicago).minus({ days: 1 }).startOf('day').set({ hour: 6 })
  await database.query(
    `insert into slots (job, due_at, state, reason, settled_at)
     values ('google-ads', $1, 'missed', 'no worker; the policy is to skip', now())`,
    [yesterday.toJSDate()],
  )
  return dashboard
}

/** Opens a form, fills its fields by their labels and sends it. */
async function act(page: Page, button: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = page.locator('details.act', { has: page.locator('summary', { hasText: button }) }).first()
  await form.locator('summary').click()
  for (const [label, text] of Object.entries(fields))
    await form
      .locator('label', { hasText: new RegExp(`^\\s*${label}`) })
      .locator('input')
      .first()
      .fill(text)
  await form.getByRole('button', { name: button }).click()
}

describe('an administrator in a browser', () => {
  withChrome('steers the fleet, finds things, and takes the proof along', async () => {
    await using dashboard = await setup()
    await using browser = await openChrome()
    const { database, url } = dashboard
    const page = await (await browser.newContext({ acceptDownloads: true })).newPage()
    page.setDefaultTimeout(minutes(2))
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    const notice = async () => page.getByRole('status').first().innerText()

    await page.goto(url)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(passwordOf('admin'))
    await page.getByRole('button', { name: 'Log in' }).click()

    await page.getByRole('link', { name: 'GoogleAds' }).first().click()
    const tomorrow = DateTime.now().setZone(chicago).plus({ days: 1 }).startOf('day').set({ hour: 6 })
    await act(page, 'Pause', { Reason: 'budget review', Until: tomorrow.toFormat("yyyy-MM-dd'T'HH:mm") })
    expect(await notice()).toContain('paused')
    expect(await openPauses(database)).toMatchObject([
      { subject: 'google-ads', pausedBy: 'admin', reason: 'budget review', until: tomorrow.toJSDate() },
    ])

    await page.getByLabel('An instant').fill('yesterday 06:00')
    await page.getByRole('button', { name: 'Ask' }).click()
    expect(await page.locator('#job-why').innerText()).toContain('no worker; the policy is to skip')

    await page.goto(`${url}/jobs/ctm`)
    await page.getByLabel('Cron pattern').fill('*/20 * * * *')
    await page.getByRole('button', { name: 'Show its next slots' }).click()
    await page.getByText('Every 20 minutes, in America/Chicago').waitFor()
    await act(page, 'Reschedule', { Reason: 'the vendor asked for it' })
    expect(await openOverrides(database)).toMatchObject([{ job: 'ctm', value: { cron: '*/20 * * * *' } }])
    await page.getByText('the vendor asked for it').first().waitFor()

    await page.goto(`${url}/jobs/salesforce`)
    await act(page, 'Run now', { Accounts: 'riverside, northgate', Reason: 'asked by phone' })
    await page.waitForURL(/\/runs\/\d+$/)
    const run = only(
      await database.query<{ syncs: number }>(
        `select (select count(*)::int from syncs where run_id = runs.id) as syncs from runs where kind = 'manual'`,
      ),
    )
    expect(run.syncs).toBe(2)

    await page.goto(`${url}/runs/1`)
    await act(page, 'Cancel this run', { Reason: 'wrong day' })
    expect(await notice()).toContain('Run 1 is cancelled')

    await page.getByRole('link', { name: 'Dead letters' }).first().click()
    await page
      .getByRole('link', { name: /no field <u>spend<\/u>|vendor_request/ })
      .first()
      .click()
    await act(page, 'Retry all', { Reason: 'the field is back' })
    const { rows } = await database.query<{ state: string }>(`select state from syncs where run_id = 2`)
    expect(rows.map(({ state }) => state)).toEqual(['waiting', 'waiting'])

    await page
      .getByRole('searchbox', { name: /Search|Client, account/ })
      .first()
      .fill('keside')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Lakeside <i>Auto</i>' }).first().click()
    await page.waitForURL(`${url}/clients/lakeside`)

    await page.goto(`${url}/audit`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as CSV' }).click(),
    ])
    const csv = await readFile(await download.path(), 'utf8')
    for (const action of ['pause', 'reschedule', 'run now', 'cancel run', 'retry dead letters'])
      expect(csv).toMatch(new RegExp(`admin.*${action}`))
    expect(complaints).toEqual([])
  })
})
