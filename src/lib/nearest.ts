/** The known name closest to what was given, for "did you mean …?"; undefined where none is close. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(given.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase())
    if (distance <= limit && (!best || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** Levenshtein distance: how many letters must be added, removed or replaced to get from one text to the other. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [i, letter] of Array.from(a).entries()) {
    const current = [i + 1]
    for (const [j, other] of Array.from(b).entries()) {
      const substitution = (previous[j] ?? 0) + (letter === other ? 0 : 1)
      current.push(Math.min(substitution, (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
