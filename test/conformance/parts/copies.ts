import type { TestWorld } from '../../support/conformance/test-world'
import type { Part } from './part'

/** A first load is the truth, of every account and nobody else's; a second sync has nothing to do. */
export const copiesTheTruth: Part = (_, worlds) => {
  test('a full sync equals the truth, and a second one changes nothing', async () => {
    await using world = await worlds.open()
    await world.catchUpAll()
    expect(await world.allDifferences()).toEqual([])
    expect(await emptyTables(world)).toEqual([])

    const before = await versions(world)
    await world.catchUpAll()
    expect(await versions(world)).toEqual(before)
  })
}

/** Tables of the job without a row in the truth of any account: nothing is proved of them. */
async function emptyTables(world: TestWorld): Promise<string[]> {
  const filled = new Set<string>()
  for (const { externalId } of world.accounts) {
    for (const [table, rows] of Object.entries(world.world.truth(externalId))) {
      if (!rows[Symbol.iterator]().next().done) filled.add(table)
    }
  }
  return Object.values(world.engine.job.streams)
    .map(({ table }) => table)
    .filter((table) => !filled.has(table))
}

/** Which version of each row there is, and when it changed last. A volatile column may bring a new version, but no change. */
async function versions(world: TestWorld): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const { table, key, columns } of Object.values(world.engine.job.streams)) {
    const isVolatile = Object.values(columns).some((column) => column.volatile)
    const { rows } = await world.engine.database.query<object>(
      `select ${isVolatile ? '' : 'xmin::text,'} last_changed_at, gone_at, account_id, ${key.map((name) => `"${name}"`).join(', ')}
       from "${table}" order by account_id, ${key.map((name) => `"${name}"`).join(', ')}`,
    )
    found[table] = rows
  }
  return found
}
