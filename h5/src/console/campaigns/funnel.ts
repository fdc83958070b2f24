import type { Of } from '@ui/api/types'

export const steps = ['seen', 'registered', 'phone', 'qualified', 'matured', 'rewarded'] as const
export type Step = (typeof steps)[number]
type Counts = Pick<Of<'ReferralFunnel'>, Step>

/** How many came to each step, and which part of all. */
export function funnel(counts: Counts): { step: Step; count: number; share: number }[] {
  return steps.map((step) => ({ step, count: counts[step], share: counts.seen === 0 ? 0 : counts[step] / counts.seen }))
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
