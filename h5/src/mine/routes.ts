import { createRouter, createWebHistory } from 'vue-router'
import CardView from './card/CardView.vue'

/**
 * The member pages. Their addresses are real ones, as links of invitations lead to them; the server gives the same file for each.
 * `place` = one of the four places at the bottom; `open` = anybody may look.
 */
export function createRoutes(history = createWebHistory('/m/')) {
  return createRouter({
    history,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'card', component: CardView, meta: { place: 'card' } },
      { path: '/points', name: 'points', component: () => import('./card/PointsView.vue') },
      { path: '/invite', name: 'invite', component: () => import('./invite/ProgramsView.vue'), meta: { place: 'invite' } },
      { path: '/invite/:id', name: 'program', component: () => import('./invite/ProgramView.vue'), props: true },
      { path: '/i/:code', name: 'invited', component: () => import('./invite/LandingView.vue'), props: true, meta: { open: true } },
      { path: '/s/:shared', name: 'shared', component: () => import('./invite/SharedView.vue'), props: true, meta: { open: true } },
      { path: '/rewards', name: 'rewards', component: () => import('./rewards/RewardsView.vue'), meta: { place: 'rewards' } },
      { path: '/rewards/:id', name: 'reward', component: () => import('./rewards/RewardView.vue'), props: true },
      { path: '/me', name: 'me', component: () => import('./me/MeView.vue'), meta: { place: 'me' } },
      { path: '/privacy', name: 'privacy', component: () => import('./me/PrivacyView.vue') },
      { path: '/staff/:id', name: 'staff-scan', component: () => import('./staff/ScanView.vue'), props: true },
      { path: '/:rest(.*)', name: 'not-found', component: () => import('./frame/NotFound.vue'), meta: { open: true } },
    ],
  })
}
