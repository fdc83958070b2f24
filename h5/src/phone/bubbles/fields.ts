type Structure = Record<string, unknown>
const isObject = (value: unknown): value is Structure => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a WeChat structure without trusting its shape. */
export interface Fields {
  /** The field as text (numbers too); empty when there is none. */
  text: (name: string) => string
  number: (name: string) => number
  list: (name: string) => Fields[]
  inner: (name: string) => Fields | null
}

export function fields(source: unknown): Fields {
  const of = isObject(source) ? source : {}
  const text = (name: string) => {
    const value = of[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  return {
    text,
    number: (name) => Number(text(name)) || 0,
    list: (name) => {
      const value = of[name]
      return Array.isArray(value) ? value.map(fields) : []
    },
    inner: (name) => (isObject(of[name]) ? fields(of[name]) : null),
  }
}
