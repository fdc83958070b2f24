/** One rule that was looked at. */
export interface Check { rule: string; met: boolean; wanted: unknown; seen: unknown }

/** Values of a rule as one line: `at 2026-11-22 · count 3`. Nothing for nothing. */
export function said(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(said).filter(Boolean).join(', ')
  if (typeof value !== 'object') return String(value)
  return Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined).map(([name, inner]) => `${name.replaceAll('_', ' ')} ${said(inner)}`.trim()).join(' · ')
}
