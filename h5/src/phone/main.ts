import { createApp } from 'vue'
import 'vant/es/style/base.css'
import '@ui/tokens.css'
import '@ui/base.css'
import { createWords } from '@i18n/index'
import { applyTheme } from '@ui/theme'
import App from './App.vue'
import { createApi } from './api'
import { createRoutes } from './routes'
import { createPhone, phoneKey } from './state'
import { en } from './words.en'
import { zh } from './words.zh'

applyTheme()
const phone = createPhone(createApi())
createApp(App).provide(phoneKey, phone).use(createWords({ zh, en })).use(createRoutes()).mount('#app')
phone.start()
