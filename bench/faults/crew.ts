import type { Fleet } from '../../test/support/fleet'
import type { Spawned } from '../../test/support/spawned'

/** The running processes of one command. Whoever ends one takes it out first and puts another in. */
export class Crew {
  readonly #fleet: Fleet
  readonly #command: 'scheduler' | 'worker'
  #members: readonly Spawned[] = []

  constructor(fleet: Fleet, command: 'scheduler' | 'worker') {
    this.#fleet = fleet
    this.#command = command
  }

  get members(): readonly Spawned[] {
    return this.#members
  }

  /** Starts one more and waits until it has started. */
  async add(env: Readonly<Record<string, string>> = {}): Promise<Spawned> {
    const started = await this.#fleet.start(this.#command, env)
    this.#members = [...this.#members, started]
    return started
  }

  /** It is no longer counted on. */
  drop(member: Spawned): void {
    this.#members = this.#members.filter((other) => other !== member)
  }

  /** Puts one that was dropped, and lives, back in. */
  takeBack(member: Spawned): void {
    this.#members = [...this.#members, member]
  }

  /** Asks one to stop and waits until it has; throws where it does not end as it should. */
  async retire(member: Spawned): Promise<void> {
    this.drop(member)
    const code = await member.end('SIGTERM')
    if (code !== 0) throw new Error(`a ${this.#command} ended with ${code} on SIGTERM`)
  }
}
