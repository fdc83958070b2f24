export const today = {
  today: {
    hello: { morning: 'Good morning, {name}', noon: 'Good day, {name}', afternoon: 'Good afternoon, {name}', evening: 'Good evening, {name}' }, needs: 'What needs me', nothing: 'All done', nothing_hint: 'Whatever comes up appears here.',
    need: { chats: 'Unread chats', approvals: 'Campaigns to approve', alerts: 'Alerts of the guard', conflicts: 'Identity conflicts', review: 'Payouts to look into', mismatches: 'Bills that differ', stops: 'Payouts are stopped', pictures: 'Pictures to look at', exports: 'Exports to agree to', jobs: 'Background work that failed' },
    about: { chats: 'Somebody waits for an answer', approvals: 'No budget is touched before', alerts: 'Rewards are held until you decide', conflicts: 'Evidence that contradicts itself', review: 'WeChat gave no clear answer', mismatches: 'Bill and payouts do not agree', stops: 'Not a fen is paid meanwhile', pictures: 'WeChat is not sure of them', exports: 'Written only once a second person agrees', jobs: 'Tried several times without success' },
    figures: 'Today', figures_note: 'Over the last 7 days', figure: { members: 'New members', followers: 'New followers', grants: 'Rewards', referrals: 'Invitations' }, trend: '{what} over 7 days: {values}', against: '{delta} on yesterday',
  },
}
