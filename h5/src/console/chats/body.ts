/** What a message of a thread is on screen: words in a bubble, or a line about something that happened. */
export type Shape = { kind: 'words'; text: string } | { kind: 'media'; type: string; text: string } | { kind: 'event'; event: string; text: string }

const media = ['image', 'voice', 'video', 'shortvideo', 'location', 'link', 'miniprogrampage', 'music', 'news', 'msgmenu', 'wxcard']

/** The shape of a message by its type; events have types such as `event:subscribe`. */
export function shapeOf(message: { kind: string; text: string }): Shape {
  const [head, event = ''] = message.kind.split(':')
  if (head === 'event') return { kind: 'event', event: event.toLowerCase(), text: message.text }
  return media.includes(message.kind) ? { kind: 'media', type: message.kind, text: message.text } : { kind: 'words', text: message.text }
}

/** The last characters of an OpenID, without what the server writes around them. */
export const personEnd = (person: string): string => /([\w-]+)\)?$/.exec(person)?.[1] ?? person

/** How the person of a thread is called: by their own name for themselves, else by the end of their OpenID. */
export const personCalled = (thread: { person: string; nickname?: string | null }, follower: (end: string) => string): string => thread.nickname?.trim() || follower(personEnd(thread.person))

/** Whether a time stands above a message: on the first one, and after five quiet minutes. `before` is the message before it in time. */
export const paused = (before: { at: string } | undefined, message: { at: string }): boolean => !before || Date.parse(message.at) - Date.parse(before.at) >= 5 * 60_000
