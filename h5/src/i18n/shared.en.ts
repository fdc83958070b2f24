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
  as_of: 'As of {time}.',
  offline: 'No network. What you see is from before; what you type is kept and can be sent again later.',
  error: {
    unreachable: 'The server cannot be reached', unreachable_hint: 'Check the network and try again. What was not sent is still here.',
    slow: 'The server did not answer in time', slow_hint: 'The request may have taken effect. Trying again is safe: nothing happens twice.',
    page: 'Something went wrong on this page', page_hint: 'Try again; if it stays, reload the page. What you typed is kept.',
    http: 'The answer of the server cannot be read', http_hint: 'Please try again later.',
    again_is_safe: 'Pressing again is safe: nothing happens twice.',
  },
}
