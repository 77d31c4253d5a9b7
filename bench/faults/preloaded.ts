import { join } from 'node:path'

/** Settings of a process that SIGUSR2 strikes from within: its clock jumps so far and back again, or its event loop stands still so long. */
export const preloaded = (fault: 'clock' | 'block', milliseconds: number): Record<string, string> => ({
  NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'preload.cjs'))}`,
  FAULT: `${fault}:${milliseconds}`,
})
