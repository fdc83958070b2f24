import type { Of } from '../api/types'

type Referral = Of<'Referral'>
export const steps = ['seen', 'registered', 'phone', 'qualified', 'matured', 'rewarded'] as const
export type Step = (typeof steps)[number]

/** How far an invitation came: the last step it reached, whatever became of it then. */
export function reached(one: Pick<Referral, 'registered_at' | 'phone_at' | 'qualified_at' | 'matured_at' | 'rewarded_at'>): number {
  const marks = [true, one.registered_at, one.phone_at, one.qualified_at, one.matured_at, one.rewarded_at]
  return marks.map(Boolean).lastIndexOf(true)
}

/** How many came to each step: who came further counts for the steps before. */
export function funnel(referrals: Parameters<typeof reached>[0][]): { step: Step; count: number; share: number }[] {
  const far = referrals.map(reached)
  return steps.map((step, at) => {
    const count = far.filter((one) => one >= at).length
    return { step, count, share: far.length === 0 ? 0 : count / far.length }
  })
}

/** The step at which the greatest part is lost; null when nobody is. */
export function narrowest(all: ReturnType<typeof funnel>): Step | null {
  let worst: { step: Step; loss: number } | null = null
  all.forEach(({ step, count }, at) => {
    const before = all[at - 1]?.count ?? 0
    const loss = before > 0 ? 1 - count / before : 0
    if (loss > (worst?.loss ?? 0)) worst = { step, loss }
  })
  return (worst as { step: Step } | null)?.step ?? null
}
