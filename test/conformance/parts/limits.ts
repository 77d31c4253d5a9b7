import { minutes } from '../../../src/lib/durations'
import { Departures } from '../../support/conformance/departures'
import { syncFully } from '../../support/conformance/drive'
import type { Part } from './part'

const workers = 4

/** The vendor's stated limits, kept by the whole fleet. */
export const keepsTheLimits: Part = (_, worlds) => {
  test(
    'four workers together never exceed the vendor’s limits',
    async () => {
      await using world = await worlds.open({ accounts: workers, limits: 'stated' })
      const { meter } = world.world.sandbox
      const departures = new Departures(meter)
      const waiting = [...world.accounts]
      const work = async (): Promise<void> => {
        const worker = world.newWorker({ departures })
        for (let account = waiting.shift(); account; account = waiting.shift()) {
          await syncFully(world.engine, worker, account)
        }
      }
      await Promise.all(Array.from({ length: workers }, work))
      expect(await world.allDifferences()).toEqual([])

      const figures = Object.values(meter.figures())
      const asked = figures.reduce((sum, { requests }) => sum + requests, 0)
      expect(asked).toBeGreaterThan(workers)
      expect(figures.filter(({ refused }) => refused > 0)).toEqual([])
      expect(departures.excesses()).toEqual([])
    },
    minutes(5),
  )
}
