import { VendorAuthError } from '../../../src/job/errors'
import type { SyncContext } from '../../../src/job/sync'
import type { Part } from './part'

/** The check of an account says what a sync would find. */
export const checksItsAccounts: Part = (of, worlds) => {
  test('the check finds nothing wrong with a good account, and throws what a sync would', async () => {
    await using world = await worlds.open()
    const { account, worker, engine } = world
    const { secrets } = world.world.credentials.find(({ id }) => id === account.credential) ?? {}
    const context = {
      account: {
        id: account.id,
        clientId: 'client-1',
        externalId: account.externalId,
        timezone: account.timezone,
        settings: of.job.settings.parse(account.settings ?? {}),
      },
      secrets: of.job.secrets.parse(secrets),
      http: worker.http,
      signal: new AbortController().signal,
      now: engine.clock.now(),
    } as Pick<SyncContext<typeof of.job>, 'account' | 'secrets' | 'http' | 'signal' | 'now'>
    const { timezone = account.timezone } = await of.check(context)
    expect(timezone).toBe(account.timezone)

    world.world.revoke(account.credential)
    const fresh = { ...context, http: world.newWorker().http }
    await expect(of.check(fresh)).rejects.toThrow(VendorAuthError)
  })
}
