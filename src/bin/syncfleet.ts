#!/usr/bin/env -S node --max-old-space-size=512
import { runProcess } from './run-process'

void runProcess(async (signal) => {
  // Last, for it takes a while: the first process of a container never hears a signal that comes before it listens.
  const { runCommand } = await import('./program.js')
  signal.throwIfAborted()
  await runCommand(signal)
})
