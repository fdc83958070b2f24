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
      { path: '/mini/:account', name: 'mini', component: () => import('./views/MiniView.vue'), props: ({ params, query }) => ({ account: params['account'], page: query['page'] ?? '', scene: query['scene'] ?? '' }) },
      { path: '/wallet', name: 'wallet', component: () => import('./views/WalletView.vue') },
      { path: '/notices', name: 'notices', component: () => import('./views/NoticesView.vue') },
      { path: '/packet/:packet', name: 'packet', component: () => import('./views/PacketView.vue'), props: ({ params }) => ({ packet: Number(params['packet']) }) },
      { path: '/transfer', name: 'transfer', component: () => import('./views/TransferView.vue'), props: ({ query }) => ({ mchId: query['mchId'] ?? '', appId: query['appId'] ?? '', package: query['package'] ?? '' }) },
      { path: '/scan', name: 'scan', component: () => import('./views/ScanView.vue') },
      { path: '/page', name: 'page', component: () => import('./views/PageView.vue'), props: ({ query }) => ({ url: query['url'] ?? '', appid: query['appid'] ?? '', path: query['path'] ?? '' }) },
      { path: '/:rest(.*)', redirect: '/' },
    ],
  })
}
