import { useReading } from '@ui/reading/reading'
import { api, ask } from '../api/client'
import { shortId } from '../members/named'

const nameOf = async (id: string) => [id, (await ask(api.GET('/campaigns/{id}', { params: { path: { id } } }))).terms.name] as const

/** Names campaigns by their ids; the ends of the ids until they are known. */
export function useCampaigns(ids: () => string[]): (id: string) => string {
  const names = useReading(async () => new Map(await Promise.all([...new Set(ids())].map(nameOf))), () => ids().join())
  return (id) => names.value?.get(id) ?? shortId(id)
}
