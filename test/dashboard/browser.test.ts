import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openPauses } from '../../src/ledger/control/pauses'
import { minutes } from '../../src/lib/durations'
import { openChrome, withChrome } from '../support/chrome'
import { passwordOf, testDashboard, type TestDashboard } from '../support/dashboard'
import { addAccount, addRun } from '../support/fleet-history'
import { until } from '../support/until'

/** A page, and what its console complained of. */
async function openPage(browser: Browser, options?: Parameters<Browser['newContext']>[0]) {
  const context: BrowserContext = await browser.newContext(options)
  context.setDefaultTimeout(minutes(2))
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}

async function logIn(page: Page, { url }: TestDashboard): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Name').fill('operator')
  await page.getByLabel('Password').fill(passwordOf('operator'))
  await page.getByRole('button', { name: 'Log in' }).click()
}

const setup = async () => {
  const dashboard = await testDashboard()
  const { database, queues } = dashboard
  const account = await addAccount(database, 'ctm', 'riverside', { name: 'Riverside <b>Motors</b>' })
  const syncs = [{ account, state: 'ok', inserted: 431 }] as const
  await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 900, took: 4, syncs })
  await queues.of('ctm').add('<img src=x onerror=alert(1)>', { syncId: '7' }, { jobId: 'sync-7' })
  await queues.runs.upsertJobScheduler('ctm', { pattern: '0 5 * * *', tz: 'UTC' }, { name: 'tick', data: {} })
  return dashboard
}

describe('in a browser', () => {
  withChrome('an operator logs in, sees the fleet and works in Bull Board', async () => {
    await using dashboard = await setup()
    await using browser = await openChrome()
    const { page, complaints } = await openPage(browser)
    await logIn(page, dashboard)
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    const row = page.locator('tr[data-key=job-ctm]')
    expect(await row.innerText()).toContain('Riverside <b>Motors</b>')

    await page.goto(`${dashboard.url}/queues/queue/ctm`)
    await page.getByText('onerror=alert(1)').first().waitFor()
    expect(complaints).toEqual([])
    await page.locator('main button[aria-haspopup=menu]').first().click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Confirm' }).click()
    const [pause] = await until('the pause in the ledger', async () => {
      const pauses = await openPauses(dashboard.database)
      return pauses.length > 0 && pauses
    })
    expect(pause).toMatchObject({ scope: 'job', subject: 'ctm', pausedBy: 'operator' })

    await page.goto(`${dashboard.url}/queues/job-schedulers`)
    await page.getByText('0 5 * * *').first().waitFor()
    await page.goto(`${dashboard.url}/queues/queue/ctm/sync-7`)
    await page.getByText('syncId').first().waitFor()
    expect(complaints).toEqual([])

    await page.goto(dashboard.url)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.goto(`${dashboard.url}/queues`)
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
  })

  withChrome(
    'an open page comes up to date by itself, and leaves what is typed, open and filtered alone',
    async () => {
      await using dashboard = await setup()
      await using browser = await openChrome()
      const { page, complaints } = await openPage(browser)
      const fetched: number[] = []
      page.on('response', (answer) => {
        if (answer.request().headers()['x-syncfleet-live']) fetched.push(answer.status())
      })
      await logIn(page, dashboard)
      await page.getByText('Pause everything').first().click()
      const reason = page.getByLabel('Reason')
      await reason.fill('moving hou')
      const { database } = dashboard
      await addAccount(database, 'cdk', 'lakeside', { name: 'Lakeside' })
      await addRun(database, { job: 'ctm', state: 'failed', startedAgo: 3, took: 2 })

      await page.locator('#trouble').getByRole('link', { name: 'Lakeside', exact: true }).waitFor()
      await page.keyboard.type('se')
      expect(await reason.inputValue()).toBe('moving house')
      await until('an answer that nothing has changed', async () => fetched.includes(304))

      await page.getByRole('searchbox', { name: 'Client' }).fill('lake')
      expect(await page.locator('.matrix tbody tr:visible').count()).toBe(1)
      await page.getByRole('button', { name: 'Pause everything' }).click()
      await page.getByText('Everything is paused').first().waitFor()
      await database.query("update users set updated_at = clock_timestamp() where name = 'operator'")
      await page.getByRole('heading', { name: 'Log in' }).waitFor()
      expect(complaints).toEqual([])
    },
  )

  withChrome('the fleet page fits a phone, in light and dark', async () => {
    await using dashboard = await setup()
    await using browser = await openChrome()
    const backgrounds = new Set<unknown>()
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await openPage(browser, {
        colorScheme,
        viewport: { width: 360, height: 740 },
      })
      await logIn(page, dashboard)
      await page.getByRole('heading', { name: 'Fleet' }).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      backgrounds.add(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'))
      expect(complaints).toEqual([])
    }
    expect(backgrounds.size).toBe(2)
  })
})
