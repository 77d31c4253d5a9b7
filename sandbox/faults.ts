import { z } from 'zod'

const where = {
  /** The simulated vendor's name; absent, any. */
  vendor: z.string().optional(),
  /** A part of path and query that a request must contain. */
  path: z.string().optional(),
  /** Matching requests that pass before the fault begins. */
  skip: z.int().min(0).default(0),
  /** Requests that it then strikes. */
  times: z.int().min(1).default(1),
}

/** What a simulated vendor does wrong on request. */
export const Fault = z.discriminatedUnion('kind', [
  /** Any status; `retryAfter` becomes the header, as seconds or as a date. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    retryAfter: z.union([z.string(), z.number()]).optional(),
    body: z.unknown().optional(),
    ...where,
  }),
  /** The connection ends inside the answer. */
  z.strictObject({ kind: z.literal('cut'), ...where }),
  /** The connection ends before the answer. */
  z.strictObject({ kind: z.literal('reset'), ...where }),
  /** A complete answer with half a JSON text. */
  z.strictObject({ kind: z.literal('truncated'), ...where }),
  /** A page for browsers, with status 200. */
  z.strictObject({ kind: z.literal('html'), ...where }),
  z.strictObject({ kind: z.literal('slow'), milliseconds: z.int().min(0), ...where }),
  /** No answer for as long as the client waits. */
  z.strictObject({ kind: z.literal('hang'), ...where }),
  z.strictObject({ kind: z.literal('redirect'), to: z.string(), ...where }),
  /** Something that only this vendor does, by the name its folder gives it. */
  z.strictObject({ kind: z.literal('quirk'), name: z.string(), ...where }),
])
export type Fault = z.output<typeof Fault>
export type FaultInput = z.input<typeof Fault>

/** The faults that have been asked for. They strike in the order in which they were added. */
export class Faults {
  #pending: { fault: Fault; skip: number; times: number }[] = []

  /** Throws where the fault is none that exists. */
  add(input: FaultInput): void {
    const fault = Fault.parse(input)
    this.#pending.push({ fault, skip: fault.skip, times: fault.times })
  }

  /** Faults that have not struck as often as they were asked to. */
  get pending(): number {
    return this.#pending.length
  }

  clear(): void {
    this.#pending = []
  }

  /** The fault that strikes this request, if there is one. Every call counts as one request. */
  take(vendor: string, pathAndQuery: string): Fault | undefined {
    const due = this.#pending.find(({ fault }) => {
      const isMeant = fault.vendor === undefined || fault.vendor === vendor
      return isMeant && pathAndQuery.includes(fault.path ?? '')
    })
    if (!due) return undefined
    if (due.skip > 0) {
      due.skip -= 1
      return undefined
    }
    due.times -= 1
    this.#pending = this.#pending.filter(({ times }) => times > 0)
    return due.fault
  }
}
