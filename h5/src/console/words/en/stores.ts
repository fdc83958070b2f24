export const stores = {
  store: {
    new: 'Open a store', open: 'Open', opened: 'The store is open', none: 'No stores yet', none_hint: 'Once there are stores, clerks and managers see the members and chats of their own only.', name: 'Name', code: 'Code', code_hint: 'Letters, digits, dashes, underscores; it cannot be changed. Imported files name the store by it', since: 'Opened',
    close: 'Close the store', close_question: 'Nobody and nothing new can be given to it; what it has it keeps. Close?', closed: 'Closed', closed_now: 'Closed', closed_means: 'It takes no new colleagues, channels or members, and keeps those it has.', reopen: 'Open again', reopened: 'Open again',
    choose: 'Choose a store', works: 'Works at', of_channel: 'Store', none_of_channel: "The brand's, of no store", home: 'Home store', homeless: 'No home store', move: 'Change the home store', move_short: 'Move', elsewhere: 'A member of another store', elsewhere_means: 'You see the masked card and the points today; the look-up is on record.', move_means: 'Staff of the new store see this member from then on, those of the old one no longer.', moved: 'The home store was changed', scope: 'Sees', scope_all: 'all stores',
  },
}
