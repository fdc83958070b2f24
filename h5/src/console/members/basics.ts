import type { Of } from '@ui/api/types'

/** The form of a member's basics: empty texts are unknown. */
export interface BasicsForm { name: string; nickname: string; sex: '' | 'male' | 'female'; birthday: string; region: string }

export const formOf = (basics: Of<'Basics'>): BasicsForm => ({ name: basics.name ?? '', nickname: basics.nickname ?? '', sex: basics.sex ?? '', birthday: basics.birthday ?? '', region: basics.region ?? '' })

/** What the form changes: a field that is the same is left out, an emptied one becomes null. */
export function changes(basics: Of<'Basics'>, form: BasicsForm): Of<'BasicsPatch'> {
  const before = formOf(basics)
  const fields = (Object.keys(form) as (keyof BasicsForm)[]).filter((key) => form[key].trim() !== before[key])
  return Object.fromEntries(fields.map((key) => [key, form[key].trim() || null])) as Of<'BasicsPatch'>
}
