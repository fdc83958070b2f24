export const frame = {
  app: { brand: 'Huilian', name: 'Console' },
  menu: { title: 'Main menu', today: 'Today', chats: 'Chats', members: 'Members', campaigns: 'Campaigns', more: 'More', waiting: '{count} waiting' },
  role: { clerk: 'Clerk', manager: 'Store manager', headquarters: 'Headquarters' },
  sign_in: { login: 'Login', password: 'Password', keep: 'Stay signed in on this device', enter: 'Sign in', wrong: 'The login or the password is wrong', code: 'Code', code_hint: 'The password is right. Enter the six digits that your authenticator shows.', wrong_code: 'That code is wrong, please wait for the next one', ended: 'Your session has ended, please sign in again. What you typed is still here.' },
  shared_console: { reason: 'Reason', reason_hint: 'It goes on record', all: 'Show all {count}', fewer: 'Show fewer', not_found: 'There is no such page', not_found_hint: 'The address may be mistyped, or no longer valid.', go_home: 'Go to Today' },
  why: {
    ask: 'Why?', met: 'met', not_met: 'not met', wanted: 'Wanted', seen: 'Seen', cause: 'Cause', decided: 'Decision', rule_name: 'Rule', staff: 'Staff', key: 'Reference',
    cause_of: { referral: 'Invitation', claim: 'Claim', share: 'Share', anniversary: 'Anniversary' }, blocked: { risk: 'WeChat sees a risk in the account', staff: 'Staff hold this member back' }, full: 'used up; this one is {amount}', times: '{count} time(s)', people: '{count} people', points: '{count} points',
    guard: { same_device: 'same device', network_burst: 'many from one network', phone_burst: 'many numbers of one block', velocity: 'inviting too fast', star: 'most invited did nothing', ring: 'invited each other', immediate_unfollow: 'left soon after following', risk_rank: 'WeChat sees a risk', banned_inviter: 'inviter excluded elsewhere' },
    value: {
      touch_at: 'Touched', first_touch: 'First touch', known_since: 'Known since', touches: 'Touches', registered_at: 'Registered', window_days: 'Invitation is good for', banned_at: 'Excluded', left_at: 'Left', leave_days: 'Has to stay', refunded_at: 'Returned', purchase_fen: 'Has to buy for', qualified_at: 'Qualified', matured_at: 'Matured', matures_at: 'Matures',
      rules: 'Found', since: 'Looked into since', count: 'Seen', most: 'At most', minutes: 'Within', quiet_percent: 'Did nothing', usual_percent: 'Usual elsewhere', empty: 'Did nothing', of: 'Out of', most_percent: 'At most', through: 'By way of', who: 'Whom', program: 'Program', stayed_ms: 'Stayed', wanted_ms: 'Has to stay',
    },
    rule: {
      given: 'All conditions', not_running: 'Campaign is running', not_started: 'Campaign has begun', over: 'Campaign is not over', blocked: 'Member is not held back', member_too_new: 'Time as a member', phone_not_verified: 'Phone is verified', not_following: 'Follows the official account', no_payee: 'Has a WeChat identity to pay',
      amount_not_allowed: 'Amount is within the terms', total_reached: 'Some left in all', day_reached: 'Some left today', person_reached: 'Some left for this person', person_day_reached: 'Some left for this person today', payee_day_reached: 'Person can be paid more today', merchant_day_reached: 'Merchant can pay more today', too_fast: 'Pace is normal', budget_used_up: 'Budget is enough',
    },
  },
}
