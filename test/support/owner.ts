/** The process of `spawnOwner`: calls `Class.start(argument, signal)`, prints what it got, and stays. */
import { join, resolve } from 'node:path'

interface Part {
  start(argument: unknown, signal: AbortSignal): Promise<{ pid: number; port?: number; url?: string }>
}

const { module, call, argument } = JSON.parse(process.argv[2] ?? '') as {
  module: string
  call: string
  argument: unknown
}

async function own(): Promise<void> {
  const parts = (await import(join(resolve(__dirname, '../..'), module))) as Record<string, Part>
  const part = await parts[call]?.start(argument, new AbortController().signal)
  console.log(JSON.stringify({ pid: part?.pid, port: part?.port, url: part?.url }))
}

// As a second Ctrl-C does.
process.on('SIGTERM', () => process.exit(1))

own().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
