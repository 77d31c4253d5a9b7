import { days, hours, minutes } from '../../../src/lib/durations'
import { autumn, spring } from '../../support/conformance/test-world'
import type { Part } from './part'

/** A few minutes, an afternoon, then day by day over a month's end and the change of clocks. */
const ordinarySteps = [minutes(20), hours(9), days(1), days(1), hours(20), days(1)]

/** Records come late, change and vanish; the copy keeps up. */
export const goesOnWithLife: Part = (of, worlds) => {
  test.each([
    ['out of October, over the day of 25 hours', autumn, of.steps ?? ordinarySteps],
    ['out of February, to the day of 23 hours', spring, [...(of.steps ?? ordinarySteps), days(4), days(3)]],
  ])('life goes on, %s, and every sync equals the truth', async (_, start, steps) => {
    await using world = await worlds.open({ start })
    await world.catchUpAll()
    for (const step of steps) {
      await world.engine.clock.advance(step)
      await world.catchUpAll()
      const now = world.engine.clock.now().toISOString()
      expect({ now, differences: await world.allDifferences() }).toEqual({ now, differences: [] })
    }
  })
}
