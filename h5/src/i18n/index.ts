import { watchEffect } from 'vue'
import { createI18n } from 'vue-i18n'
import { en } from './shared.en'
import { zh } from './shared.zh'

export type Language = 'zh' | 'en'
/** The shape of `T` with any strings: an English table typed so must hold every key of the Chinese one. */
export type SameWords<T> = { [K in keyof T]: T[K] extends string ? string : SameWords<T[K]> }

/**
 * The words of one front end joined with the shared ones, Chinese first. The choice is kept for the next visit,
 * and `lang` of the page follows it.
 */
export function createWords<T extends object>(words: { zh: T; en: SameWords<T> }) {
  const i18n = createI18n({
    legacy: false,
    locale: localStorage.getItem('language') === 'en' ? 'en' : 'zh',
    fallbackLocale: 'zh',
    messages: { zh: { shared: zh, ...words.zh }, en: { shared: en, ...words.en } },
  })
  watchEffect(() => {
    const language = i18n.global.locale.value
    localStorage.setItem('language', language)
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  })
  return i18n
}
