import type { SameWords } from '@i18n/index'
import type { zh } from './words.zh'

export const en: SameWords<typeof zh> = {
  app: { brand: 'Huilian', name: 'WeChat simulator', banner: 'Simulator · not the real WeChat', phone: 'Phone', preferences: 'Language and appearance', signal: 'simulated' },
  connection: {
    connecting: 'Connecting', live: 'Live', lost: 'Disconnected', offline: 'Offline',
    lost_long: 'Lost the sandbox; reconnecting. The page shows what was known then; nothing typed is lost.',
    offline_long: 'This device is offline. The page shows what was known then; nothing typed is lost.',
  },
  error: {
    unreachable: 'The sandbox cannot be reached. Check that it runs, then try again.',
    refused: 'Not done: {why}',
    no_state: 'Could not read the sandbox',
    no_chat: 'Could not read this chat',
    no_pushes: 'Could not read the pushes',
    no_calls: 'Could not read the calls',
    no_codes: 'Could not read the codes',
  },
  people: {
    title: 'Who holds this phone', i_am: 'I am', switch: 'Switch person', follows: 'follows {count}', name: 'Name of the new person', name_hint: 'Empty = pick one', create: 'New person',
    none: 'Nobody yet', none_hint: 'Make a person first, then follow accounts and write from their phone.',
  },
  home: {
    chats: 'Chats', discover: 'Accounts to follow', discover_hint: 'Choose an account and follow it: the service is told at once.', silent: 'No messages yet', not_followed: 'Not followed', mini_hint: 'Open the service chat',
    no_accounts: 'No accounts in the sandbox', no_accounts_hint: 'Add accounts to wechat-config, then start the sandbox.',
  },
  account: {
    profile: 'Account profile', official: 'Official account', mini: 'Mini program', followed: 'Following', blocked: 'Blocked by it', followers: '{count} followers', original_id: 'Original id', my_openid: 'My OpenID', my_unionid: 'My UnionID',
    none_yet: 'none', follow: 'Follow', open_chat: 'Open chat', member_pages: 'Member pages', open_profile: 'See account', unfollow: 'Unfollow', unfollow_question: 'The account will no longer be able to write to you. Unfollow?',
    pay: 'Simulate a payment', paid_now: 'Paid; the window is open', receive: 'Receive messages', union: 'WeChat tells the UnionID', simulated: 'Only in the simulator', unfollowed_now: 'Unfollowed', unknown: 'No such account', unknown_hint: 'It may have left the sandbox.',
    settings: 'Message push', mode: { label: 'Encryption', plain: 'Plain', compatible: 'Compatible', secure: 'Secure' }, format: 'Data format', xml_only: 'Official accounts push XML only.', callback: 'Callback URL', ip_allowed: 'The service is on the IP allow list',
    secrets: 'Keys and tokens', secrets_hint: 'To see whether the service survives a change.', rotate: 'Change EncodingAESKey', rotate_question: 'New pushes will use the new key; the service must have it already.', rotated: 'Key changed',
    invalidate: 'Invalidate token', invalidate_question: 'As if another service had refreshed it: the live access_token will give 40001.', invalidated: 'The live token no longer works', new_key: 'New EncodingAESKey (shown only now)', secret_frozen: 'Freeze the AppSecret', open_platform: 'Bound to an open platform (tells UnionIDs)', web_domain: 'Domain for web authorisation', verify: 'Verify URL', verified: 'Verified', not_verified: 'Not verified (HTTP {status})', unlimited: 'no limit', quotas: 'Calls today', no_quotas: 'No calls today.',
  },
  subscribe: {
    title: 'Subscription permit', hint: 'The account asks to send you notices. Each permission lets it send one more.', none: 'No notices to subscribe to', none_hint: 'They appear here once the service adds subscription templates.', credits: '{count} more allowed', accept: 'Allow', reject: 'Refuse', accepted: 'Allowed, one permit added', rejected: 'Refused',
  },
  scan: {
    title: 'Scan', paste: 'Content of the code', paste_hint: 'Paste a ticket, the address in the code, a showqrcode link, or the address of a page', scan: 'Scan', picture: 'Scan a picture', inside: 'Scan the code in it', unreadable: 'There is no readable code in this picture', codes: 'Codes that exist', permanent: 'Permanent', left: '{time} left', over: 'Expired',
    no_codes: 'No codes yet', no_codes_hint: 'They appear here once the service calls /cgi-bin/qrcode/create.', expired: 'This code has expired, so only the profile is shown.', result: 'Scan result', result_hint: 'What the camera would read; a bar code reads EAN_13,digits',
  },
  wallet: {
    title: 'Wallet', balance: 'Balance', balance_hint: 'only what came in the simulator', waiting: 'Waiting for you', receipts: 'Received', none: 'Nothing received yet', none_hint: 'Red packets and transfers of the service appear here.', past: 'Not taken',
    by_packet: 'Red packet', by_transfer: 'Transfer', left: '{time} left', to_open: 'Open', to_confirm: 'Accept',
    risk: 'WeChat Pay holds back money', risk_hint: 'Red packets are refused with NO_AUTH, transfers fail for this reason.', no_risk: 'No', call: 'Open the confirmation page', call_hint: 'Paste the parameters of wx.requestMerchantTransfer (JSON: mchId, appId, package).', call_open: 'Open', call_broken: 'This is not JSON with these three.', unread: 'Could not read the wallet',
  },
  packet: {
    name: 'WeChat red packet', from: 'Red packet from {sender}', open: 'Open the red packet', open_short: 'Open', opened: 'Taken', gone: 'Lapsed', sending: 'Being sent', failed: 'Not sent', waiting: 'Waiting', stored: 'Added to your balance', lapsed: 'Nobody opened it within 24 hours; the money went back to the merchant.', not_sent: 'This red packet was not sent.', unknown: 'No such red packet', unknown_hint: 'It may be somebody else’s.',
    closes: 'goes back in {time}', activity: 'Activity: {name}', mini_only: 'Take it in the mini program',
  },
  transfer: {
    title: 'Accept a transfer', from: '{sender} sends you money', confirm: 'Accept', later: 'Not now', confirmed: 'Accepted', lapsed: 'Nobody accepted it within 24 hours; the money went back to the merchant.', cancelled: 'The merchant cancelled it', failed: 'The transfer failed', moving: 'On its way', working: 'In progress', closes: 'goes back in {time}', remark: 'Remark', perception: 'What for', arrived: 'Added to your balance', closed: 'Closed without accepting', unknown: 'This transfer cannot be opened', reason: 'Reason: {reason}', receiver: 'Receiver',
  },
  merchant: {
    name: 'Merchant', balance: 'Operation account', top_up: 'Top up (yuan)', add: 'Top up', frozen: 'Freeze the merchant (payments are refused)', mode: { label: 'Signatures', public_key: 'WeChat Pay public key', certificate: 'Platform certificate', both: 'Both' }, rotate: 'Change the platform certificate', rotate_question: 'Old and new are both valid; answers are signed with the new one from now on.', rotated: 'Platform certificate changed',
    ledger: 'Movements', no_ledger: 'No movements yet', no_ledger_hint: 'Top-ups, red packets, transfers and what comes back stand here.', notifications: 'Notifications', no_notifications: 'No notifications yet', no_notifications_hint: 'When a transfer ends, WeChat Pay tells the service.', again: 'Notify again', again_done: 'Notified again', next: 'next {time}', attempts: '{count}×',
    kind: { top_up: 'Top-up', packet: 'Red packet', packet_return: 'Red packet back', transfer: 'Transfer', transfer_return: 'Transfer back' }, outcome: { pending: 'Pending', delivered: 'Delivered', failed: 'Given up', lost: 'Lost' },
  },
  notices: { title: 'Service notices', none: 'No notices yet', none_hint: 'Red packets of accounts that you do not follow appear here.', packet: 'You got a red packet' },
  mini: {
    open: 'Open mini program', hint: 'The simulator does not run the program itself, only two things it does: log in and ask for a phone number. Requests and answers are shown as they are.', login: 'Log in', phone: 'Give phone number', logged_in: 'Logged in', logged_out: 'Not logged in', steps: 'Requests and answers', none: 'No requests yet', none_hint: 'Log in: the program sends the code of wx.login to the service.',
    request: 'Request', answer: 'Answer', no_answer: 'No answer', took: '{ms} ms', no_service: 'The address of the service is not known: give it below.',
    number: 'Phone number', other: 'Another number', other_hint: '11 digits of China, or +852 91234567', allow: 'Allow', no_number: 'No number yet', phone_hint: '{name} asks for your verified phone number',
    share: 'Share', share_title: 'Share a page', share_hint: 'The service gives a path with a key; the card goes to a friend or a group. WeChat tells nobody who tapped on it.', shared: 'Shared',
    shares: 'Open what others share', no_shares: 'Nothing shared yet', no_shares_hint: 'Log in as somebody else and share a page.', from_chat: 'Open from chat', from_group: 'Open from group', sent_by: 'Shared by {name}', stay: 'Stay for 10 s', opened: 'Scene {scene}',
    service: 'Address of the service', login_path: 'Path of logins', phone_path: 'Path of phone numbers', blocked: 'WeChat blocks logins (high risk)', risk: 'Risk rank that WeChat gives', rank: 'Rank {rank}', rank_none: 'Rank 0 (none)',
  },
  page: { mini: 'Mini-program page', mini_hint: 'The simulator does not run mini programs; this is the page that would open.', path: 'Page path', outside: 'Open in browser', frame: 'Page {address}', foreign: 'Outside page', foreign_hint: 'The simulator loads only pages of this machine.' },
  chat: {
    messages: 'Messages', me: 'Me', typing: 'Typing…', unread: '{count} unread', empty: 'No messages yet', empty_hint: 'Write something, or tap the menu below, and see how the service answers.', earlier: 'Earlier messages', missed: '{count} new',
    stranger: 'Follow to write.', to_menu: 'Show menu', to_keyboard: 'Show keyboard', menu: 'Account menu', write: 'Message', send: 'Send', attach: 'More', unsent: 'Not sent: {why}', discard: 'Discard',
    via: { passive: 'Passive reply', custom: 'Service message', template: 'Template message', subscribe: 'Notice', mass: 'Broadcast', system: 'System', pay: 'WeChat Pay' },
  },
  bubble: {
    image: 'Picture', voice: 'Voice', video: 'Video', shortvideo: 'Short video', location: 'Location', link: 'Link', mini: 'Mini program', miniprogrampage: 'Mini-program card', music: 'Music', news: 'Article', menu: 'Menu message', card: 'Notice', packet: 'Red packet',
    template: 'Template message', subscribe: 'Subscription notice', details: 'Details', enlarge: 'Enlarge picture', unplayable: 'The browser cannot play this file', unknown: 'Cannot be shown yet: {type}',
  },
  attach: { label: 'Place', latitude: 'Latitude', longitude: 'Longitude', title: 'Title', description: 'Description', url: 'Address', path: 'Page path' },
  window: {
    unknown: 'Reading the allowance', closed: 'No service messages allowed now', used_up: 'Service messages used up', left: '{count} more allowed', unlimited: 'Allowed without limit', times: '{count} left', no_limit: 'no limit',
    trigger: { message: 'Wrote', click: 'Tapped the menu', follow: 'Followed', scan: 'Scanned', paid: 'Paid', enter: 'Entered the service chat' },
  },
  inspector: { title: 'Inspector', pushes: 'Pushes', calls: 'Calls', faults: 'Faults', accounts: 'Accounts', merchants: 'Pay', clock: 'Clock', failed: '{count} pushes failed', account: 'Account', all_accounts: 'All accounts' },
  push: {
    kind: {
      text: 'Text', image: 'Picture', voice: 'Voice', video: 'Video', shortvideo: 'Short video', location: 'Location', link: 'Link', miniprogrampage: 'Mini-program card', subscribe: 'Follow', unsubscribe: 'Unfollow', scan: 'Scan', click: 'Menu tap', view: 'Page opened', view_miniprogram: 'Mini program opened',
      scancode_push: 'Menu scan', scancode_waitmsg: 'Menu scan', pic_sysphoto: 'Menu photo', pic_photo_or_album: 'Menu picture', pic_weixin: 'Menu album', location_select: 'Menu location', templatesendjobfinish: 'Template delivered', masssendjobfinish: 'Broadcast result',
      subscribe_msg_popup_event: 'Permit answered', subscribe_msg_change_event: 'Permit changed', subscribe_msg_sent_event: 'Notice delivered', user_enter_tempsession: 'Service chat entered', user_info_modified: 'Profile changed', user_authorization_revoke: 'Authorization revoked', user_authorization_cancellation: 'Account deleted',
    },
    none: 'No pushes yet', none_hint: 'Follow an account or write on the phone; what WeChat tells the service appears here.', attempts: '{count}×', plaintext: 'Push in plain text', no_attempts: 'Not delivered yet.', again: 'Deliver again', again_done: 'Delivered again',
    outcome: { pending: 'Pending', replied: 'Replied', acknowledged: 'Acknowledged', failed: 'Failed' }, release: 'Release held pushes', released: 'Released', order: { as_sent: 'As sent', reversed: 'Reversed', shuffled: 'Shuffled' },
  },
  attempt: {
    title: 'Attempt {number}', body: 'Body sent', answer: 'Answer of the service', reply: 'Reply, decrypted',
    verdict: { replied: 'Replied', acknowledged: 'Acknowledged', timeout: 'Timed out', refused: 'Refused', invalid: 'Invalid answer', unreachable: 'Unreachable' },
  },
  call: { none: 'No calls yet', none_hint: 'Requests of the service to WeChat appear here with their answers.', request: 'Request', answer: 'Answer' },
  fault: {
    title: 'Plan a fault', where: 'Where', what: 'What happens', path: 'Endpoint path', times: 'Times', until_removed: 'until removed', times_left: '{count} left', add: 'Plan', active: 'In force', none: 'No faults', none_hint: 'All is well. Plan one above.',
    remove: 'Remove', remove_all: 'Remove all', remove_all_question: 'Remove every planned fault?', callback: 'Pushes (WeChat → service)', pay_notify: 'Pay notifications (WeChat → service)', other: 'Other endpoint…',
    parameter: { errcode: 'Error code', errmsg: 'Error text', status: 'HTTP status', millis: 'Delay (ms)', seconds: 'Time or shift (s)', code: 'Error code', text: 'Error text', reason: 'Why it fails' },
    kind: {
      errcode: 'Answer an error code', http: 'Answer an HTTP error', slow: 'Answer slowly', reset_before: 'Cut before it happens', reset_after: 'Cut after it happened', job_failed: 'The job fails (template, notice, broadcast)', duplicate: 'Deliver twice', hold: 'Hold pushes', cut_after: 'Drop the answer and retry', skew: 'Shift the timestamp',
      wrong_signature: 'Wrong signature', wrong_key: 'Wrong key', previous_key: 'Previous key', upper_hex: 'Upper-case signature', downgrade: 'Downgrade to plain',
      http_after: 'HTTP error after it happened', hang: 'No answer, nothing happens', pay_error: 'Error code before it happens', pay_error_after: 'Error code after it happened', processing: 'Accepted, done late (fails with a reason)', hidden: 'Happens, but queries miss it for a while', truncated: 'The answer breaks off', extra_fields: 'The answer has more fields', unsigned: 'The answer is not signed', other_key: 'Signed with the other kind of key', probe: 'Signature probe', wrong_amount: 'One with a wrong amount goes ahead', lost: 'Never sent',
    },
  },
  event: { title: 'Push an event by hand', hint: 'For events that nothing on the phone causes, such as a revoked authorization. Fields as WeChat writes them.', person: 'About', nobody: 'nobody', message: 'Fields (JSON)', broken: 'This is not JSON.', send: 'Push', sent: 'Pushed' },
  clock: {
    simulated: 'Sandbox time', zone: 'Sandbox time · Shanghai', runs: 'The clock runs by itself and cannot be moved. Start the sandbox with a manual clock to move it.', minute: '1 minute on', hour: '1 hour on', day: '1 day on', window: '48 hours on', seconds: 'Move on (seconds)', advance: 'Move on',
    hint: 'To see windows close, codes expire and delayed work run.',
  },
}
