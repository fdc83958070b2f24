import type { Message } from '../contract'

/** What stands in a chat from top to bottom: messages, and a time where a pause was. */
export type Line = { kind: 'time'; at: string; key: string } | { kind: 'message'; message: Message; key: string }

const pause = 5 * 60_000

/** Puts a time before the first message and after every pause of five minutes or more. */
export function timeline(messages: Message[]): Line[] {
  return messages.flatMap((message, at): Line[] => {
    const before = messages[at - 1]
    const line: Line = { kind: 'message', message, key: message.id }
    const fresh = !before || Date.parse(message.at) - Date.parse(before.at) >= pause
    return fresh ? [{ kind: 'time', at: message.at, key: `time ${message.id}` }, line] : [line]
  })
}
