import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, type ProcessRecord } from './process-identity'

/** The folder of a clone that holds what its own fleet keeps. */
export const dataFolderOf = (clone: string): string => join(clone, '.syncfleet')

/** How the fleet that runs in a clone is reached. Holds secrets. */
export interface FleetFile {
  readonly owner: ProcessRecord
  /** The dashboard's address. */
  readonly address: string
  /** The settings its processes run with, as environment. */
  readonly environment: Readonly<Record<string, string>>
}

const fileIn = (folder: string): string => join(folder, 'fleet.json')

/** Writes the file for as long as the fleet runs; disposing removes it. */
export async function publishFleet(folder: string, fleet: FleetFile): Promise<AsyncDisposable> {
  const file = fileIn(folder)
  await writeFile(`${file}.new`, `${JSON.stringify(fleet, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
}

/** The fleet that runs in this data folder; undefined where there is none, or only what a killed one has left. */
export async function runningFleet(folder: string): Promise<FleetFile | undefined> {
  try {
    const fleet = JSON.parse(await readFile(fileIn(folder), 'utf8')) as FleetFile
    return (await isRunning(fleet.owner)) ? fleet : undefined
  } catch {
    return undefined
  }
}

/** The settings with which a command talks to the fleet that `npm start` runs in this clone; undefined while none runs. */
export async function localFleetEnvironment(
  clone: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  return (await runningFleet(dataFolderOf(clone)))?.environment
}
