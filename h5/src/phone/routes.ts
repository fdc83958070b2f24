import { createRouter, createWebHashHistory } from 'vue-router'
import HomeView from './views/HomeView.vue'

/** The screens of the phone. Behind `#`, because the sandbox serves one page. */
export function createRoutes() {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'home', component: HomeView },
      { path: '/account/:account', name: 'account', component: () => import('./views/AccountView.vue'), props: true },
      { path: '/chat/:account', name: 'chat', component: () => import('./views/ChatView.vue'), props: true },
      { path: '/mini/:account', name: 'mini', component: () => import('./views/MiniView.vue'), props: true },
      { path: '/scan', name: 'scan', component: () => import('./views/ScanView.vue') },
      { path: '/page', name: 'page', component: () => import('./views/PageView.vue'), props: ({ query }) => ({ url: query['url'] ?? '', appid: query['appid'] ?? '', path: query['path'] ?? '' }) },
      { path: '/:rest(.*)', redirect: '/' },
    ],
  })
}
