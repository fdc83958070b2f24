import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { en as sharedEn } from './shared.en'
import { zh as sharedZh } from './shared.zh'

type Words = { [key: string]: string | Words }
const flat = (words: Words, prefix = ''): [string, string][] => Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`)))

/** Tests of the words of one front end, against everything in its folder and in what all share. */
export function checkWords(folder: string, words: { zh: object; en: object }): void {
  const chinese = flat({ shared: sharedZh, ...words.zh })
  const english = flat({ shared: sharedEn, ...words.en })

  test('both languages say the same things with the same values in them', () => {
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
    expect(english.map(([key]) => key).sort()).toEqual(chinese.map(([key]) => key).sort())
    const there = new Map(english)
    for (const [key, text] of chinese) expect([key, values(there.get(key)!)]).toEqual([key, values(text)])
  })

  test('no words are empty, none shout, and the English is English', () => {
    for (const [key, text] of [...chinese, ...english]) expect([key, text.trim() !== '' && !/[!！]/.test(text)]).toEqual([key, true])
    for (const [key, text] of english) expect([key, /\p{Script=Han}/u.test(text)]).toEqual([key, false])
  })

  test('every key that a component names exists', () => {
    const known = new Set(chinese.map(([key]) => key))
    const groups = new Set([...known].flatMap((key) => key.split('.').slice(0, -1).map((_, at, parts) => `${parts.slice(0, at + 1).join('.')}.`)))
    const files = [folder, 'ui', 'i18n'].flatMap((part) => readdirSync(`src/${part}`, { recursive: true, encoding: 'utf8' }).map((file) => `src/${part}/${file}`))
    const source = files.filter((file) => /\.(vue|ts)$/.test(file) && !file.includes('.test.')).map((file) => readFileSync(file, 'utf8')).join('\n')
    const fixed = [...source.matchAll(/\bt\('([\w.]+)'/g), ...source.matchAll(/\? '([a-z]+\.[\w.]+)' : '[a-z]+\.[\w.]+'/g), ...source.matchAll(/\? '[a-z]+\.[\w.]+' : '([a-z]+\.[\w.]+)'/g)].map((match) => match[1]!)
    const composed = [...source.matchAll(/\bt\(`([\w.]+\.)\$\{/g)].map((match) => match[1]!)
    expect(fixed.length).toBeGreaterThan(100)
    expect(fixed.filter((key) => !known.has(key))).toEqual([])
    expect(composed.filter((group) => !groups.has(group))).toEqual([])
  })
}
