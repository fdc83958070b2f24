import type { Of } from '@ui/api/types'

/** A scope as the list says it (`all`, `merchant:main`, `cmp_…`), as an order asks for it. */
export function scopeOf(scope: string): Of<'StopScope'> {
  if (scope === 'all') return 'all'
  return scope.startsWith('merchant:') ? { merchant: scope.slice('merchant:'.length) } : { campaign: scope.replace(/^campaign:/, '') }
}

/** The campaign that a scope means, if it means one. */
export function campaignOf(scope: string): string | null {
  const order = scopeOf(scope)
  return order !== 'all' && 'campaign' in order ? order.campaign : null
}
