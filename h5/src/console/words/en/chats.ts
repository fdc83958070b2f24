export const chats = {
  span: { seconds: '{count} s', minutes: '{count} min', hours: '{count} h', days: '{count} d' },
  chat: {
    one: 'Chat', filter: { label: 'Who answers', all: 'All', human: 'Staff', robot: 'Robot' }, none: 'No chats yet', none_hint: 'When a follower writes, it appears here.', choose: 'Choose a chat', choose_hint: 'Whoever spoke last stands at the top.', person: 'Follower {end}', silent: 'Nothing said yet', unread: '{count} unread',
    state: { human: 'staff', robot: 'robot' }, waits: 'waits {time}', left: '{time} left', closed: 'closed', facts: 'About the member', take_over: 'Take over', to_robot: 'Back to robot', now: { human: 'Staff answer now', robot: 'The robot answers now' },
    may_say: '{count} more may be sent · {time}', may_not: 'WeChat takes no message now, until they write', messages: 'Messages', earlier: 'Earlier messages', nothing_said: 'Nothing said yet', nothing_said_hint: 'Once they write, you can answer here.',
    author: { person: 'Follower', robot: 'Robot', notice: 'Notice', staff: 'Staff' }, unsent: 'Not sent: {why}', sending: 'Sending…', discard: 'Discard', write: 'Write an answer', picture: 'Send a picture', picture_gone: 'Picture no longer kept', cannot: 'The window is closed for now', send: 'Send',
    nobody: 'Nobody we know yet', nobody_hint: 'They are recognised once they follow or sign in; you can look a customer up by phone.', find: 'Look up a member', latest: 'What happened last',
    event: { subscribe: 'followed', unsubscribe: 'left', scan: 'scanned a code', click: 'tapped the menu', view: 'opened a page', view_miniprogram: 'opened the mini program', user_enter_tempsession: 'entered the chat', location: 'told their place' },
    media: { image: 'Picture', voice: 'Voice', video: 'Video', shortvideo: 'Short video', location: 'Place', link: 'Link', miniprogrampage: 'Mini program card', music: 'Music', news: 'Articles', msgmenu: 'Menu message', wxcard: 'Coupon' },
  },
  canned: { title: 'Canned replies', none: 'No canned replies yet', none_hint: 'Managers and headquarters write them under More → Canned replies; all staff share them.', search: 'Search', slash: 'A / at the beginning of what you write finds them, too', not_found: 'Nothing found', not_found_hint: 'Try another word.', write: 'Manage canned replies', new: 'New canned reply', name: 'Title', text: 'Words', note: 'All staff share them, in this order', up: 'Up', down: 'Down', remove: 'Remove', remove_question: 'Nobody can use it any more then. Sure?', removed: 'Removed' },
}
