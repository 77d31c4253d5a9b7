import type { Operation, Operations } from '../../job/sync'

/** Operations of a reading that ends with this process: they are nobody else's, and gone with it. */
export function operationsInMemory(now: () => Date): Operations {
  const kept = new Map<string, Operation>()
  return {
    find: async (purpose) => kept.get(purpose),
    keep: async (purpose, details) => {
      const before = kept.get(purpose)
      const isSame = JSON.stringify(before?.details) === JSON.stringify(details)
      kept.set(purpose, { purpose, details, startedAt: (isSame ? before?.startedAt : undefined) ?? now() })
    },
    forget: async (purpose) => void kept.delete(purpose),
  }
}
