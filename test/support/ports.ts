import { randomInt } from 'node:crypto'
import { isPortFree } from '../../src/processes/local/ports'

/** Below those that systems give away by themselves, to whoever connects or listens without a wish. */
const [lowest, highest] = [10_240, 32_000]
const reserved = new Set<number>()

/**
 * A port of the loopback for a server that starts later: nobody listens on it, and nobody else is given it meanwhile, as a
 * free one of the system's own choice may be.
 */
export async function reservedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (reserved.has(port)) continue
    reserved.add(port)
    if (await isPortFree(port)) return port
  }
}
