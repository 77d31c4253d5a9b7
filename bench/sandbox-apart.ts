import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Vendors, VendorsOptions } from '../sandbox/vendors'

/** Rows by table, as they travel between processes. */
export type Truth = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** What a sandbox's own process is told and asked (`sandbox-child.ts`). It answers each, in order. */
export type Order =
  | { readonly kind: 'start'; readonly epoch: Date; readonly options: VendorsOptions }
  | { readonly kind: 'moveTo'; readonly now: Date }
  | { readonly kind: 'truth'; readonly vendor: keyof Vendors; readonly externalId: string }
  | { readonly kind: 'cpu' }

/** A sandbox in a process of its own, whose time stands still until it is moved on. One order at a time. */
export class SandboxApart implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  #now: Date

  private constructor(child: ChildProcess, url: string, now: Date) {
    this.#child = child
    this.url = url
    this.#now = now
  }

  static async start(options: VendorsOptions, epoch: Date): Promise<SandboxApart> {
    const child = fork(join(__dirname, 'sandbox-child.ts'), { serialization: 'advanced' })
    return new SandboxApart(child, await ask<string>(child, { kind: 'start', epoch, options }), epoch)
  }

  get now(): Date {
    return this.#now
  }

  async moveTo(now: Date): Promise<void> {
    this.#now = now
    await ask(this.#child, { kind: 'moveTo', now })
  }

  /** What a faithful copy holds by now, by table, of all the vendor's jobs. */
  async truth(vendor: keyof Vendors, externalId: string): Promise<Truth> {
    return ask(this.#child, { kind: 'truth', vendor, externalId })
  }

  /** Milliseconds of CPU time that it has taken since its start. */
  async cpu(): Promise<number> {
    return ask(this.#child, { kind: 'cpu' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
  }
}

async function ask<T>(child: ChildProcess, order: Order): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`the sandbox ended before it answered ${order.kind}`)
  })
  const answered = once(child, 'message', { signal })
  try {
    child.send(order)
    const [answer] = (await Promise.race([answered, ended])) as [T]
    return answer
  } finally {
    over.abort()
    await Promise.allSettled([answered, ended])
  }
}
