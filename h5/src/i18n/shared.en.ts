import type { SameWords } from './index'
import type { zh } from './shared.zh'

export const en: SameWords<typeof zh> = {
  back: 'Back',
  cancel: 'Cancel',
  figures: 'Figures',
  close: 'Close',
  copied: 'Copied',
  copy: 'Copy',
  loading: 'Loading',
  more: 'Load more',
  nothing: '(empty)',
  retry: 'Try again',
  save: 'Save',
  saved: 'Saved',
  language: 'Language',
  theme: { label: 'Appearance', auto: 'System', light: 'Light', dark: 'Dark' },
}
