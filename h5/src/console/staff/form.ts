import type { Of } from '@ui/api/types'

type Member = Of<'StaffMember'>
export type StaffForm = Of<'NewStaff'>
export const roles: Of<'Role'>[] = ['clerk', 'manager', 'headquarters']

/** Whether who has this role works at a store. */
export const atStore = (role: Of<'Role'>): boolean => role !== 'headquarters'

export const emptyStaff = (): StaffForm => ({ login: '', name: '', password: '', role: 'clerk', store: '' })

/** What is sent: headquarters have no store. */
export function toldStaff({ login, name, store, ...rest }: StaffForm): StaffForm {
  return { ...rest, login: login.trim(), name: name.trim(), ...(atStore(rest.role) && store && { store }) }
}

// No signs that are mistaken for others when somebody reads them aloud: 0 and o, 1, i and l.
const signs = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 4
const inGroup = 4

/** A password to be told to a colleague: four groups of four signs, 79 bits. `fill` gives random bytes. */
export function freshPassword(fill: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const found: string[] = []
  // Bytes beyond the last whole round of signs would make some of them likelier.
  const fair = 256 - (256 % signs.length)
  while (found.length < groups * inGroup) found.push(...[...fill(new Uint8Array(32))].filter((byte) => byte < fair).map((byte) => signs.charAt(byte % signs.length)))
  return Array.from({ length: groups }, (_, at) => found.slice(at * inGroup, (at + 1) * inGroup).join('')).join('-')
}

/** What is wrong with a password; null when it will do. The server checks it again. */
export function passwordFlaw(password: string, login: string): 'short' | 'login' | null {
  if ([...password].length < 10) return 'short'
  return login !== '' && password.includes(login) ? 'login' : null
}

/** What is wrong with a colleague who is to be added, by field. */
export function staffFlaws(form: StaffForm): Partial<Record<keyof StaffForm, string>> {
  const wrong: Partial<Record<keyof StaffForm, string>> = {}
  if (!/^[a-z0-9._-]{2,64}$/.test(form.login.trim())) wrong.login = 'login_signs'
  if (!form.name.trim() || [...form.name.trim()].length > 40) wrong.name = 'name'
  if (atStore(form.role) && !form.store) wrong.store = 'store'
  const flaw = passwordFlaw(form.password, form.login.trim())
  if (flaw) wrong.password = flaw
  return wrong
}

/** What a form changes about somebody: what is the same is left out. Null when nothing does, or the name or the store is missing. */
export function staffChanges(before: Pick<Member, 'name' | 'role' | 'store'>, form: Pick<StaffForm, 'name' | 'role' | 'store'>): Of<'StaffChange'> | null {
  const name = form.name.trim()
  const store = atStore(form.role) ? (form.store ?? '') : null
  if (!name || [...name].length > 40 || store === '') return null
  const changes = { ...(name !== before.name && { name }), ...(form.role !== before.role && { role: form.role }), ...(store && store !== before.store && { store }) }
  return Object.keys(changes).length > 0 ? changes : null
}
