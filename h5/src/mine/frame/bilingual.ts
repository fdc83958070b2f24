/** Words that the server has in both languages, in the reader's. */
export const inLanguage = (words: { zh: string; en: string }, language: string): string => (language === 'en' ? words.en : words.zh)
