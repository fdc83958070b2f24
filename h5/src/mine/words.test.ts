// @vitest-environment node
import { checkWords } from '@i18n/checked'
import { en } from './words/en'
import { zh } from './words/zh'

checkWords('mine', { zh, en })
