/** A piece of a chat text. Addresses are checked here, so a view may bind them without care. */
export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'mini'; text: string; appid: string; path: string }

// What WeChat lets an account write: <a href="…">…</a>, also with data-miniprogram-appid and -path. And bare web addresses.
const anchor = /<a\s([^>]*)>([\s\S]*?)<\/a>/gi
const attribute = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const address = /https?:\/\/[^\s<>"'，。！？；：（）、]+/gi
const trailing = /[.,!?;:)\]]+$/

/** Cuts a text into plain pieces and links. Markup that is not such a link stays visible text; only http(s) addresses become links. */
export function segments(text: string): Segment[] {
  const out: Segment[] = []
  let from = 0
  for (const match of text.matchAll(anchor)) {
    out.push(...plain(text.slice(from, match.index)))
    out.push(link(attributes(match[1] ?? ''), match[2] ?? ''))
    from = match.index + match[0].length
  }
  out.push(...plain(text.slice(from)))
  return out
}

/** The address when it is one of the web (http or https), else null: no `javascript:`, no `data:`. */
export function webAddress(raw: string | null | undefined): string | null {
  if (!raw) return null
  try {
    const url = new URL(raw.trim())
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null
  } catch {
    return null
  }
}

function link(of: Map<string, string>, label: string): Segment {
  const text = label.replace(/<[^>]*>/g, '')
  const appid = of.get('data-miniprogram-appid')
  if (appid) return { kind: 'mini', text, appid, path: of.get('data-miniprogram-path') ?? '' }
  const url = webAddress(of.get('href')?.replaceAll('&amp;', '&'))
  return url ? { kind: 'link', text, url } : { kind: 'text', text }
}

function attributes(source: string): Map<string, string> {
  return new Map([...source.matchAll(attribute)].map((match) => [match[1]!.toLowerCase(), match[2] ?? match[3] ?? '']))
}

function plain(text: string): Segment[] {
  const out: Segment[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const shown = match[0].replace(trailing, '')
    const url = webAddress(shown)
    if (!url) continue
    if (match.index > from) out.push({ kind: 'text', text: text.slice(from, match.index) })
    out.push({ kind: 'link', text: shown, url })
    from = match.index + shown.length
  }
  if (from < text.length) out.push({ kind: 'text', text: text.slice(from) })
  return out
}
