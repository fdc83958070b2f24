import { createRouter, createWebHashHistory } from 'vue-router'
import TodayView from './today/TodayView.vue'

/** The pages of the console. Behind `#`, because the server serves one page. Each comes when it is first opened. */
export function createRoutes() {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'today', component: TodayView },
      { path: '/chats', component: () => import('./chats/ChatsView.vue'), children: [
        { path: '', name: 'chats', component: { render: () => null } },
        { path: ':id', name: 'chat', component: () => import('./chats/ChatView.vue'), props: true },
      ] },
      { path: '/members', name: 'members', component: () => import('./members/MembersView.vue') },
      { path: '/members/:id', name: 'member', component: () => import('./members/MemberView.vue'), props: true },
      { path: '/members/:id/merge', name: 'merge-with', component: () => import('./members/MergeView.vue'), props: true },
      { path: '/merges/:id', name: 'merge', component: () => import('./members/MergeDoneView.vue'), props: true },
      { path: '/conflicts', component: () => import('./members/ConflictsView.vue'), children: [
        { path: '', name: 'conflicts', component: { render: () => null } },
        { path: ':id', name: 'conflict', component: () => import('./members/ConflictView.vue'), props: true },
      ] },
      { path: '/campaigns', name: 'campaigns', component: () => import('./campaigns/CampaignsView.vue') },
      { path: '/campaigns/new', name: 'campaign-new', component: () => import('./campaigns/CampaignFormView.vue') },
      { path: '/campaigns/:id', name: 'campaign', component: () => import('./campaigns/CampaignView.vue'), props: true },
      { path: '/campaigns/:id/edit', name: 'campaign-edit', component: () => import('./campaigns/CampaignFormView.vue'), props: true },
      { path: '/programs/new', name: 'program-new', component: () => import('./campaigns/ProgramFormView.vue') },
      { path: '/programs/:id', name: 'program', component: () => import('./campaigns/ProgramView.vue'), props: true },
      { path: '/programs/:id/edit', name: 'program-edit', component: () => import('./campaigns/ProgramFormView.vue'), props: true },
      { path: '/referrals/:id', name: 'referral', component: () => import('./campaigns/ReferralView.vue'), props: true },
      { path: '/shares/new', name: 'share-new', component: () => import('./shares/ShareFormView.vue') },
      { path: '/shares/:id', name: 'share', component: () => import('./shares/ShareView.vue'), props: true },
      { path: '/shares/:id/edit', name: 'share-edit', component: () => import('./shares/ShareFormView.vue'), props: true },
      { path: '/share-visits/:id', name: 'share-visit', component: () => import('./shares/VisitView.vue'), props: true },
      { path: '/alerts/:id', name: 'alert', component: () => import('./campaigns/AlertView.vue'), props: true },
      { path: '/more', name: 'more', component: () => import('./more/MoreView.vue') },
      { path: '/more/imports', name: 'imports', component: () => import('./more/ImportsView.vue') },
      { path: '/more/imports/:id', name: 'import', component: () => import('./more/ImportView.vue'), props: true },
      { path: '/more/replies', name: 'replies', component: () => import('./more/RepliesView.vue') },
      { path: '/more/canned', name: 'canned', component: () => import('./chats/CannedView.vue') },
      { path: '/more/menus', name: 'menus', component: () => import('./menus/MenusView.vue') },
      { path: '/more/exports', name: 'exports', component: () => import('./exports/ExportsView.vue') },
      { path: '/more/payouts', name: 'payouts', component: () => import('./more/PayoutsView.vue') },
      { path: '/more/payouts/:id', name: 'payout', component: () => import('./more/PayoutView.vue'), props: true },
      { path: '/more/stops', name: 'stops', component: () => import('./more/StopsView.vue') },
      { path: '/more/proof', name: 'proof', component: () => import('./more/ProofView.vue') },
      { path: '/more/reconciliations/:id', name: 'reconciliation', component: () => import('./more/ReconciliationView.vue'), props: true },
      { path: '/more/channels', name: 'channels', component: () => import('./channels/ChannelsView.vue') },
      { path: '/more/channels/:id', name: 'channel', component: () => import('./channels/ChannelView.vue'), props: true },
      { path: '/more/stores', name: 'stores', component: () => import('./stores/StoresView.vue') },
      { path: '/more/staff', name: 'staff', component: () => import('./staff/StaffView.vue') },
      { path: '/more/account', name: 'account', component: () => import('./staff/AccountView.vue') },
      { path: '/more/record', name: 'record', component: () => import('./record/RecordView.vue') },
      { path: '/more/jobs', name: 'jobs', component: () => import('./more/JobsView.vue') },
      { path: '/more/pictures', name: 'pictures', component: () => import('./more/PicturesView.vue') },
      { path: '/:rest(.*)', name: 'not-found', component: () => import('./NotFound.vue') },
    ],
  })
}
