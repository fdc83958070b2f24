type Structure = Record<string, unknown>

/** Fields of a WeChat structure by name without regard to case and underscores, so `MediaId` and `media_id` are one: `mediaid`. */
export interface Fields {
  /** The first of these names that holds text or a number; empty when none does. */
  text: (...names: string[]) => string
  /** The same as a number; 0 when it is none. */
  number: (...names: string[]) => number
  /** A list: an array, one object, or either of them inside `item`. */
  list: (name: string) => Fields[]
  inner: (name: string) => Fields | null
  entries: (name: string) => [string, Fields][]
}

/** Reads `source`; what is nested under the message's own type (`Image{MediaId}`, `text:{content}`) counts as if it stood outside. */
export function fields(source: Structure, type = ''): Fields {
  const byName = index(source)
  const nested = byName.get(plain(type))
  if (isObject(nested)) for (const [name, value] of index(nested)) byName.set(name, value)

  const text = (...names: string[]) => {
    for (const name of names) {
      const value = byName.get(name)
      if (typeof value === 'string' || typeof value === 'number') return String(value)
    }
    return ''
  }
  return {
    text,
    number: (...names) => Number(text(...names)) || 0,
    list: (name) => items(byName.get(name)).map((item) => fields(item)),
    inner: (name) => {
      const value = byName.get(name)
      return isObject(value) ? fields(value) : null
    },
    entries: (name) => {
      const value = byName.get(name)
      return isObject(value) ? Object.entries(value).map(([key, item]) => [key, fields(isObject(item) ? item : { value: item })]) : []
    },
  }
}

const plain = (name: string) => name.replaceAll('_', '').toLowerCase()
const index = (source: Structure) => new Map(Object.entries(source).map(([name, value]) => [plain(name), value]))
const isObject = (value: unknown): value is Structure => typeof value === 'object' && value !== null && !Array.isArray(value)

function items(value: unknown): Structure[] {
  if (Array.isArray(value)) return value.filter(isObject)
  if (!isObject(value)) return []
  const inside = value['item']
  return inside === undefined ? [value] : items(inside)
}
