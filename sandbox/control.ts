import { z } from 'zod'
import type { SandboxClock } from './clock'
import { done } from './commands'
import { Fault, type Faults } from './faults'
import type { RateMeter } from './rate-meter'
import type { VendorAnswer, VendorRequest } from './vendor'

const ClockChange = z.union([
  z.strictObject({ freeze: z.boolean() }),
  z.strictObject({ advanceMs: z.int().min(0) }),
])

export interface Controlled {
  readonly clock: SandboxClock
  readonly faults: Faults
  readonly meter: RateMeter
}

/** The commands under `/control` that concern all vendors; undefined where there is no such command. */
export function control(
  { clock, faults, meter }: Controlled,
  request: VendorRequest,
): VendorAnswer | undefined {
  const { method, path, body } = request
  switch (`${method} ${path}`) {
    case 'GET /rates':
      return { status: 200, body: meter.figures() }
    case 'DELETE /rates':
      meter.reset()
      return done
    case 'POST /faults':
      faults.add(Fault.parse(JSON.parse(body)))
      return done
    case 'DELETE /faults':
      faults.clear()
      return done
    case 'GET /clock':
      return { status: 200, body: { now: clock.now().toISOString() } }
    case 'POST /clock': {
      const change = ClockChange.parse(JSON.parse(body))
      if ('advanceMs' in change) clock.advance(change.advanceMs)
      else if (change.freeze) clock.freeze()
      else clock.thaw()
      return done
    }
    default:
      return undefined
  }
}
