import { readdir, readFile } from 'node:fs/promises'

/** What the kernel counts CPU time by, in each second; the same on every Linux. */
const ticks = 100

interface Stat {
  readonly parent: number
  /** Seconds of CPU of its own, and of its children that have ended. */
  readonly own: number
  readonly ended: number
}

/** Seconds of CPU that a process has used. */
export const cpuOf = async (pid: number): Promise<number> => (await statOf(pid)).own

/** Seconds of CPU that a server of many processes has used: the one that started them, and all it ever started. */
export async function cpuOfServer(pid: number): Promise<number> {
  const { own, ended } = await statOf(pid)
  let sum = own + ended
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // One that ends meanwhile is counted the next time.
    const stat = await statOf(Number(name)).catch(() => undefined)
    if (stat?.parent === pid) sum += stat.own
  }
  return sum
}

/** The process that started this one. */
export const parentOf = async (pid: number): Promise<number> => (await statOf(pid)).parent

async function statOf(pid: number): Promise<Stat> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold anything, and stands in brackets.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const at = (place: number) => fields[place] ?? Number.NaN
  return { parent: at(1), own: (at(11) + at(12)) / ticks, ended: (at(13) + at(14)) / ticks }
}
