import type { SameWords } from '@i18n/index'
import type { zh } from './zh'

export const en: SameWords<typeof zh> = {
  app: { name: 'Members' },
  place: { title: 'Main menu', card: 'Card', invite: 'Invite', rewards: 'Rewards', me: 'Me' },
  not_found: { title: 'There is no such page', hint: 'The address may be mistyped, or no longer valid.', home: 'Go to my card' },
  gate: {
    sign_in: 'Enter with WeChat',
    refused: 'Not allowed yet', refused_hint: 'You can look at what is public without it; card, points and rewards need to know who you are.',
    snapshot: 'This is a snapshot', snapshot_hint: 'Tap “use the full service” at the bottom right, then open the page again.',
    failed: 'We could not tell who you are', failed_hint: 'The network may be weak, or this browser keeps no sign-in. Please try again.',
    outside: 'Please open this in WeChat', outside_hint: 'Send the address of this page to WeChat and open it there.',
    signed_out: 'Signed out', signed_out_hint: 'Your points and rewards are still there when you come back.',
  },
  card: { title: 'My card', nameless: 'WeChat member', joined: 'Member since {day}', waiting: 'Waiting for you' },
  points: {
    title: 'My points', balance: 'points to spend', pending: '{points} more points are on their way', stopped: 'Your points are being checked and cannot be spent for now. They come back after that.', ending: '{points} points end by {day}.',
    lots: 'What they are made of', lots_hint: 'What ends first is spent first', no_lots: 'No points to spend yet', no_lots_hint: 'Buying, inviting friends and taking part all earn points.', until: 'Until {day}', from: 'From {time}', forever: 'They never end', of: 'of {earned}',
    lot: { held: 'to be confirmed', waiting: 'not yet', open: 'ready', used: 'used', expired: 'expired', cancelled: 'cancelled' },
    entries: 'What happened', latest: 'Latest points', all: 'All', none: 'Nothing has happened yet', none_hint: 'Whatever you earn or spend stands here, with why.', not_yet: 'not yet',
  },
  grant: {
    title: 'My rewards', one: 'Reward', none: 'No rewards yet', none_hint: 'Red packets and points from campaigns and invitations are kept here.', points: '{points} points', kind: 'Comes as', at: 'Given', claim_until: 'Claim until', take_until: 'Take until',
    what: { points: 'Points', red_packet: 'WeChat red packet', mini_red_packet: 'Mini program packet', transfer: 'Transfer to balance' }, state: { refused: 'not given', claimable: 'to be claimed', waiting: 'waiting for you', paying: 'on its way', given: 'received', returned: 'went back', lapsed: 'lapsed' },
    claim: 'Open', take: 'Take the money', wait: 'On its way, please wait', in_chat: 'The packet is in the chat of the official account: open it there.', in_mini: 'Please open the mini program and take it there.', hint: { elsewhere: 'Open this page in WeChat to take the money.', failed: 'WeChat did not show its page, please try again.' },
  },
  invite: {
    title: 'Invite friends', none: 'No invitations at the moment', none_hint: 'Programs appear here when they begin.', until: 'Until {day}', matured: 'that count', my_rank: 'my rank', rank: 'no. {rank}', ends: 'ends',
    poster: 'My poster', poster_hint: 'Whoever scans it was invited by you', make_poster: 'Make my poster', poster_of: 'Poster of {name}', hold: 'Hold the picture to save or send it',
    mine: 'Link and code', link: 'Link', code: 'Code', copy_by_hand: 'Could not copy: hold the text to copy it', by_menu: 'Tap “···” at the top right to send it to friends or to your Moments.', share_words: '{brand} invites you',
    ladder: 'Ladder', step: '{count} friends', missing: '{count} more to reach {step}', all_reached: 'Every step is reached', rung: { given: 'given', reached: 'reached, reward on its way', open: 'not reached' },
    progress: 'Whom I invited', nobody: 'Nobody yet', nobody_hint: 'Send your poster or link to friends; how far they are appears here.', state: { seen: 'opened', registered: 'registered', phone_verified: 'phone verified', qualified: 'qualified', matured: 'counts', rewarded: 'rewarded', held: 'being checked', reversed: 'no longer counts', refused: 'does not count' },
    typed: 'I have a code', typed_label: 'The code that a friend told you', typed_send: 'Send', typed_done: 'The invitation is noted',
  },
  appeal: { write: 'Explain', title: 'Explain', hint: 'This invitation is being checked. Say how it was; staff will read it. You can do so once for each check.', words: 'How it was', send: 'Send', sent: 'Sent. What comes of it shows here' },
  board: { title: 'Leaderboard', span: 'Span of time', month: 'This month', all: 'All time', rank: 'Rank', name: 'Name', people: 'People', count: '{count}', own: 'Me: no. {rank}, {count}', none: 'Nobody yet', none_hint: 'Invitations that count are ranked.' },
  landing: {
    from: '{inviter} invites you to', open: 'Open until {day}', closed: 'Not open', closed_hint: 'It has not begun, or is over. You can still become a member.', told: 'The invitation of {inviter} is noted.', to_card: 'See my card',
    step_follow: 'Follow the official account {brand}', step_stay: 'Do what the program asks, such as staying a follower', step_reward: 'Your reward then appears under Rewards',
  },
  shared_page: { from: '{sharer} shares with you', untitled: 'A page', in_mini: 'This page is in the mini program: please open it in WeChat.', open: 'Open' },
  me: { title: 'Me', profile: 'Profile', introduce: 'Use my WeChat name', identities: 'How you are recognised', identities_hint: 'Masked, and shown to you alone', devices: 'Devices', this_device: 'this one', seen: 'Last used', end: 'Sign out', ended: 'That device is signed out', entrance: { mini_program: 'Mini program', web_page: 'Web page' }, preferences: 'Language and appearance', sign_out: 'Sign out' },
  identity: { open_id: 'Official account or mini program', union_id: 'WeChat', card: 'Member card', external: 'Another system', partner: 'Partner', phone: 'Phone' },
  privacy: { title: 'Privacy', sub: 'Consents, personalisation, a copy of my data, leaving' },
  consent: { title: 'What my data may be used for', hint: 'Change it at any time; it holds at once', needed: 'needed', saved: 'Saved', outdated: 'The words have changed: please read them and choose again.', purpose: { service: 'Member service', marketing: 'Offers and news', personalisation: 'Personal recommendations', third_party_profiling: 'Profiles of partners' } },
  copy: { title: 'A copy of my data', hint: 'One JSON file with everything that is held of you', order: 'Make a copy', ordered: 'It is being made', ready_until: 'Ready; it can be fetched until {time}.', fetch: 'Download', state: { waiting: 'Being made, please wait…', ready: 'Ready', failed: 'It could not be made, please try again.' } },
  staff_scan: {
    title: 'Staff sign-in', for: { sign_in: 'A computer asks to sign in to the console', link: 'Link this WeChat to sign in with it' }, who: 'Account', browser: 'Browser', unknown: 'Not known', at: 'Asked at', beware: 'Only agree when the computer stands before you and it is you who uses it. Ignore codes and numbers that somebody sends you.', number: 'The two digits on the computer', number_hint: 'They stand below the code',
    agree: { sign_in: 'Sign in', link: 'Link' }, wrong: 'That is not the number on the computer; after three wrong ones the code is over', taken: 'This WeChat is linked to another account, or to none.', done: 'Agreed', done_hint: 'Go on at the computer. You can close this page.', over: 'The code is over', over_hint: 'It has expired, was used, or another phone has opened it. Ask for a new one on the computer; if it was not you, tell headquarters.', nobody: 'This WeChat is linked to no account', nobody_hint: 'Staff sign in on the computer with the password first, and link it under More, My account.',
  },
  erasure: {
    title: 'Leave and be forgotten', hint: 'Your data is deleted; points and unclaimed rewards end', ask: 'Ask to be forgotten', ask_question: 'You will be asked once more; nothing is deleted now. Go on?', asked: 'Asked; please confirm it', say_again: 'You asked to be forgotten. Confirm it to start the time to think; until it is over you can take it back.',
    confirm: 'Confirm', confirm_question: 'It cannot be undone once the time is over. Confirm?', confirmed: 'Confirmed', due: 'It will be done on {time}; until then you can take it back.', take_back: 'Take it back', taken_back: 'Taken back: everything stays as it is',
  },
}
