/** The fields of a spec that hold addresses of pictures: signed, and another one in every answer. */
const mediaFields = new Set(['image_url', 'picture', 'thumbnail_url', 'url'])
/** As deep as JSON is stored; what is deeper is refused by the column. */
const deepest = 100

/** A spec without the addresses of its pictures, and these by where they stood. What is no spec stays as it came. */
export function withoutMediaUrls(
  spec: unknown,
  place: string,
): { readonly spec: unknown; readonly urls: Readonly<Record<string, string>> } {
  const urls: Record<string, string> = {}
  return { spec: stripped(spec ?? null, place, deepest), urls }

  function stripped(value: unknown, path: string, levels: number): unknown {
    if (typeof value !== 'object' || value === null || levels < 0) return value
    if (Array.isArray(value))
      return value.map((item: unknown, index) => stripped(item, `${path}.${index}`, levels - 1))
    const kept: [string, unknown][] = []
    for (const [name, field] of Object.entries(value) as [string, unknown][]) {
      const at = `${path}.${name}`
      if (mediaFields.has(name) && typeof field === 'string') urls[at] = field
      else kept.push([name, stripped(field, at, levels - 1)])
    }
    // fromEntries makes a field of its own even of `__proto__`.
    return Object.fromEntries(kept)
  }
}
