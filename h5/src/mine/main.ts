import { createApp } from 'vue'
import 'vant/es/style/base.css'
import '@ui/tokens.css'
import '@ui/base.css'
import { createWords } from '@i18n/index'
import { applyTheme } from '@ui/theme'
import App from './App.vue'
import { doorman } from './api/client'
import { cameBack, signedIn, signIn } from './frame/signing'
import { createRoutes } from './routes'
import { en } from './words/en'
import { zh } from './words/zh'

applyTheme()
cameBack()
Object.assign(doorman, { known: signedIn, refused: signIn })
createApp(App).use(createWords({ zh, en })).use(createRoutes()).mount('#app')
