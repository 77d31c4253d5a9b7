import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface Owner {
  readonly process: ChildProcess
  /** What the module's function returned, once it has. */
  readonly result: Record<string, unknown>
}

/**
 * Runs an exported function of a module under test in a Node process of its own, which stays until it is killed:
 * an owner whose end can be watched. `user` is whom it runs as; only root may choose.
 */
export async function spawnOwner(
  owner: { module: string; call: string; argument: unknown },
  user?: { uid: number; gid: number },
): Promise<Owner> {
  const child = spawn(
    process.execPath,
    [
      '--require',
      resolve(__dirname, 'typescript.cjs'),
      resolve(__dirname, 'owner.ts'),
      JSON.stringify(owner),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', ...user },
  )
  for await (const line of createInterface({ input: child.stdout })) {
    return { process: child, result: JSON.parse(line) as Record<string, unknown> }
  }
  const [code] = (await once(child, 'exit')) as [number]
  throw new Error(`the owner ended with ${code} before it had a result`)
}
