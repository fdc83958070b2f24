export const frame = {
  app: { brand: 'Huilian', name: 'Console' },
  menu: { title: 'Main menu', today: 'Today', chats: 'Chats', members: 'Members', campaigns: 'Campaigns', more: 'More', waiting: '{count} waiting' },
  role: { clerk: 'Clerk', manager: 'Store manager', headquarters: 'Headquarters' },
  sign_in: { login: 'Login', password: 'Password', keep: 'Stay signed in on this device', enter: 'Sign in', wrong: 'The login or the password is wrong', code: 'Code', code_hint: 'The password is right. Enter the six digits that your authenticator shows.', wrong_code: 'That code is wrong, please wait for the next one', ended: 'Your session has ended, please sign in again. What you typed is still here.' },
  offline: 'No network. What you see is from before; what you type is kept and can be sent again later.',
  error: {
    unreachable: 'The server cannot be reached', unreachable_hint: 'Check the network and try again. What was not sent is still here.',
    slow: 'The server did not answer in time', slow_hint: 'The request may have taken effect. Trying again is safe: nothing happens twice.',
    page: 'Something went wrong on this page', page_hint: 'Try again; if it stays, reload the page. What you typed is kept.',
    http: 'The answer of the server cannot be read', http_hint: 'Please try again later.',
    again_is_safe: 'Pressing again is safe: nothing happens twice.',
  },
  shared_console: { as_of: 'As of {time}.', reason: 'Reason', reason_hint: 'It goes on record', all: 'Show all {count}', fewer: 'Show fewer', not_found: 'There is no such page', not_found_hint: 'The address may be mistyped, or no longer valid.', go_home: 'Go to Today' },
  why: {
    ask: 'Why?', met: 'met', not_met: 'not met', wanted: 'Wanted', seen: 'Seen', cause: 'Cause', code: 'Decision', rule_name: 'Rule', staff: 'Staff', key: 'Reference',
    cause_of: { referral: 'Invitation', claim: 'Claim', share: 'Share' },
    rule: {
      given: 'All conditions', not_running: 'Campaign is running', not_started: 'Campaign has begun', over: 'Campaign is not over', blocked: 'Member is not held back', member_too_new: 'Time as a member', phone_not_verified: 'Phone is verified', not_following: 'Follows the official account', no_payee: 'Has a WeChat identity to pay',
      amount_not_allowed: 'Amount is within the terms', total_reached: 'Some left in all', day_reached: 'Some left today', person_reached: 'Some left for this person', person_day_reached: 'Some left for this person today', payee_day_reached: 'Person can be paid more today', merchant_day_reached: 'Merchant can pay more today', too_fast: 'Pace is normal', budget_used_up: 'Budget is enough',
    },
  },
}
