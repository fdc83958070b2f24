import type { components } from './schema'

/** A named type of the API description. */
export type Of<Name extends keyof components['schemas']> = components['schemas'][Name]

/** One page of a list. */
export interface Page<T> { items: T[]; next?: string | null }
