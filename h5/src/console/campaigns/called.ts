import { useReading } from '@ui/reading/reading'
import type { Of } from '@ui/api/types'
import { count } from '@i18n/count'
import { api, ask } from '../api/client'
import { shortId } from '../members/named'
import { amountOf } from './amounts'

const termsOf = async (id: string) => [id, (await ask(api.GET('/campaigns/{id}', { params: { path: { id } } }))).terms] as const

/** What campaigns are called, and what their amounts are, by their ids: ends of ids and bare numbers until that is known. */
export function useCampaigns(ids: () => string[]): { called: (id: string) => string; amount: (id: string, value: number) => string } {
  const known = useReading<Map<string, Of<'CampaignTerms'>>>(async () => new Map(await Promise.all([...new Set(ids())].map(termsOf))), () => ids().join())
  return {
    called: (id) => known.value?.get(id)?.name ?? shortId(id),
    amount: (id, value) => {
      const terms = known.value?.get(id)
      return terms ? amountOf(terms, value) : count(value)
    },
  }
}
