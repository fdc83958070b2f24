export const members = {
  member: {
    one: 'Member', search: 'Phone, card number or name', find: 'Find', found: 'Found', newest: 'Newest members', none: 'No members yet', none_hint: 'Whoever follows, uses the mini program or is imported appears here.',
    not_found: 'Nobody found', not_found_hint: { phone: 'Check the whole number; they may not have given one yet.', card: 'Check the card number and who issued it.', name: 'Names are found by how they begin: try fewer letters.' },
    ask_first: 'Find a member first', ask_first_hint: 'Type the whole phone or card number of the customer.', by: { label: 'Find by', phone: 'Phone', card: 'Card', name: 'Name' }, issuer: 'Card issued by', issuer_hint: 'Such as pos; the last one is remembered',
    phone: 'Phone', no_phone: 'No phone', joined: 'joined', pick: 'Choose', same: 'This very member', edit: 'Correct', unknown: 'Unknown', yes: 'Yes', no: 'No', blocks: 'About the member',
    block: { profile: 'Profile', timeline: 'Timeline', points: 'Points', rewards: 'Rewards', identities: 'Identities', messages: 'Messages', privacy: 'Privacy' },
    joined_by: { code: 'QR code', follow: 'Followed', menu: 'Menu', mini_program: 'Mini program', web_page: 'Web page', import: 'Import', partner: 'Partner', staff: 'Staff' },
    basics: { title: 'Basics', name: 'Name', nickname: 'Nickname', sex: 'Sex', birthday: 'Birthday', region: 'Region', language: 'Language' }, sex: { male: 'Male', female: 'Female' },
    attributes: 'More attributes', consents: 'What data may be used for', allowed: 'allowed', not_allowed: 'not allowed', purpose: { service: 'Providing the service', marketing: 'Marketing', personalisation: 'Personalisation', third_party_profiling: 'Profiling by third parties' },
  },
  reveal: {
    show: 'Show', title: 'Show {what}', on_record: 'It goes on record: who saw what, when and why.', least: 'At least 4 characters; it goes on record', left: 'Hidden again in {seconds} s',
    scene: { label: 'Occasion', call: 'Calling the member', identify: 'Checking identity', prize_tax: 'Tax on a prize', legal_request: 'Request by law', copy: 'Copy for the member', at_hand: 'At the counter' },
  },
  reach: {
    title: 'What may be said now', transactional: 'Service messages', marketing: 'Marketing', now: 'may be sent now', not_now: 'not now', from: 'from {time}', sent: 'Marketing: {day} of {most_day} today, {week} of {most_week} in 7 days', follows: 'follows', left: 'has left', window: '{trigger} window: {count} left, closes {time}', permits: '{count} permits',
    why: { expired: 'expired', no_consent: 'no consent to marketing', capped: 'as many as may be', fatigued: 'several without an answer', quiet: 'quiet hours', no_channel: 'no channel', no_text: 'no text' },
  },
  window: { message: 'Chat', menu: 'Menu', follow: 'Follow', scan: 'Scan', enter: 'Entered chat' },
  timeline: { none: 'Nothing yet', none_hint: 'Follows, messages, points and rewards appear here in order of time.' },
  fact: {
    person: 'Member said', robot: 'Automatic reply', staff: 'Staff replied', follow: 'Followed', unfollow: 'Left', scan: 'Scanned a code', menu: 'Tapped the menu', visit: 'Visited', open: 'Opened the mini program', click: 'Tapped the menu', view: 'Opened a page', enter: 'Entered the chat', page_view: 'Saw a page', page_leave: 'Left a page', share: 'Shared',
    member: 'Member changed', member_joined: 'Became a member', member_created: 'Member created', member_merged: 'Members merged', member_unmerged: 'Merge undone', member_split: 'Identities taken out', member_changed: 'Profile changed', member_consented: 'Consent changed', member_erased: 'Data erased', member_taken_over: 'Imported', member_linked: 'Identity linked', member_profile_changed: 'Profile changed', member_values_changed: 'Attributes changed', member_consent_given: 'Consent given', member_signed_in: 'Signed in', member_withdrawn: 'Permission withdrawn', member_erasure_confirmed: 'Erasure confirmed', member_conflict: 'Identity conflict', member_rehomed: 'Home store changed', reward_granted: 'Reward received', payout_rejected: 'Payout rejected', referral_moved: 'Invitation moved on', follower_followed: 'Followed', follower_left: 'Left', follower_found: 'Following compared', chat_poster_asked: 'Asked for a poster', follower_withdrew: 'Withdrew from WeChat', reach_said: 'Told the member', touch_seen: 'Touch', enter_chat: 'Entered the chat', tap: 'Tapped the menu', channel_touched: 'Came by a channel', dwell: 'Stayed', dwell_seen: 'Stayed',
    points: 'Points changed', points_given: 'Points earned', points_available: 'Points available', points_cancelled: 'Pending points cancelled', points_spent: 'Points spent', points_refunded: 'Points returned', points_expired: 'Points expired', points_taken_back: 'Points taken back', points_adjusted: 'Corrected by staff', points_parted: 'Settled when two members parted', points_forfeited: 'Points given up',
    grant: 'Reward', grant_given: 'Reward given', grant_refused: 'Reward refused', payout: 'Payout', payout_paid: 'Paid', payout_returned: 'Payout returned', referral: 'Invitation', order: 'Order', order_paid: 'Purchase', order_refunded: 'Refund', reward: 'Reward', campaign: 'Campaign',
    points_expiring: 'Reminder of points that end', payout_arrived: 'Told of a payment', payout_expiring: 'Reminder to collect',
  },
  points: {
    balance: 'Points to spend', pending: 'pending', stopped: 'These points are being checked and cannot be used now.', ending: '{points} points end by {day}', check: 'Check', balanced: 'They add up', unbalanced: 'The points do not add up and are stopped; please tell headquarters', correct: 'Correct points', corrected: 'Corrected',
    lots: 'Lots', lots_hint: 'In the order in which they are spent', until: 'until {day}', forever: 'without end', lot: { held: 'held', waiting: 'waiting', open: 'open', used: 'used', expired: 'expired', cancelled: 'cancelled' },
    entries: 'Entries', none: 'No points yet', none_hint: 'What is earned, spent and corrected stands here.', note: 'Note', asked: 'Asked for', way: 'Which way', more: 'More', fewer: 'Fewer', amount: 'Points', below: 'Nobody has less than nothing: {points} are there', whole: 'A whole number above zero',
  },
  message: {
    title: 'Messages', none: 'No messages yet', none_hint: 'Notices and offers, sent or not, stand here.', purpose: { transactional: 'Service', marketing: 'Marketing' }, channel: { passive: 'Direct reply', custom: 'Customer service', subscription: 'Subscription', template: 'Template' },
    state: { queued: 'queued', sending: 'sending', sent: 'sent', delivered: 'delivered', refused: 'refused', unknown: 'unknown', suppressed: 'not sent', expired: 'expired' },
    kind: { points_expiring: 'Points that end', payout_arrived: 'Payment arrived', payout_expiring: 'Reminder to collect', payout_returned: 'Payment returned', poster_link: 'Link of the poster' },
  },
  access: { title: 'Who has looked', note: 'Who saw what is masked', none: 'Nobody has looked', none_hint: 'Every look is written down here.', what: { card: 'Masked card', phone: 'Phone', everything: 'Copy of everything' } },
  erasure: {
    title: 'Forget this member', note: 'When a member asks for it; done when the time to think is over', what: 'When the time is over their personal data is erased; the books keep anonymous rows.', write: 'Write down the wish', written: 'Written down', question: 'It cannot be brought back once the time is over. Write it down?', who_asked: 'Who asked, and how they showed who they are', who_asked_hint: 'At least 4 characters; it goes on record',
    at: 'Asked', how_far: 'State', due: 'Will be done', take_back: 'Take it back', take_back_question: 'The member thought better of it? Nothing will be erased then.', taken_back: 'Taken back', state: { requested: 'waits for the member to confirm', confirmed: 'waits until it is due', cancelled: 'taken back', done: 'erased' },
  },
  copy: { title: 'Copy of their data', note: 'When a member wants to see or move their data', order: 'Make a copy', fetch: 'Download the copy', fetched: 'Downloaded', ready: 'Ready, to be downloaded until {time}.', state: { waiting: 'Being written…', ready: 'Ready', failed: 'It could not be made, please try again.' } },
}
