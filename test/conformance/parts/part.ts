import type { JobDefinition } from '../../../src/job/define-job'
import type { ConformanceCase, Omissible } from '../../support/conformance/case'
import type { Worlds } from '../../support/conformance/worlds'

/** A part of the suite: declares tests. */
export type Part = <J extends JobDefinition>(of: ConformanceCase<J>, worlds: Worlds) => void

/** A test that a vendor may have no equivalent of; then it is skipped, and its name says why. */
export function testUnless(
  of: Pick<ConformanceCase, 'without'>,
  what: Omissible,
  name: string,
  run: () => Promise<void>,
): void {
  const reason = of.without?.[what]
  if (reason === undefined) test(name, run)
  else test.skip(`${name} (${reason})`, run)
}

/** What a world must offer where the case does not say why it cannot. */
export function offered<T>(ability: T | undefined, name: Omissible): T {
  if (ability === undefined)
    throw new Error(
      `the case's world offers no ${name}: add it, or say in \`without\` why the vendor has none`,
    )
  return ability
}
