import type { JobDefinition } from '../../../src/job/define-job'
import type { ConformanceCase } from './case'
import { JobEngine } from './job-engine'
import { TestWorld, type TestWorldOptions } from './test-world'

/**
 * The worlds of a suite, each of them new to its test. To make and drop an engine's stores costs more than most tests do, so
 * a world that comes after another has the same stores, emptied.
 */
export class Worlds implements AsyncDisposable {
  readonly #of: ConformanceCase
  readonly #idle: JobEngine[] = []

  private constructor(of: ConformanceCase) {
    this.#of = of
  }

  static of<J extends JobDefinition>(given: ConformanceCase<J>): Worlds {
    // The sync is only ever handed the context of its own definition.
    return new Worlds(given as unknown as ConformanceCase)
  }

  async open(options?: TestWorldOptions): Promise<TestWorld> {
    return TestWorld.open(this.#of, options, {
      take: async (start) => this.#renewed(start),
      giveBack: async (engine) => void this.#idle.push(engine),
    })
  }

  /** Drops the stores. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const engine of this.#idle.splice(0)) await engine[Symbol.asyncDispose]()
  }

  async #renewed(start: Date): Promise<JobEngine> {
    // One that a test has not given back, because it hangs, stays that test's own.
    const engine = this.#idle.pop()
    if (!engine) return JobEngine.open(this.#of.job, this.#of.sync, start)
    try {
      await engine.renew(start)
      return engine
    } catch (error) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
  }
}
