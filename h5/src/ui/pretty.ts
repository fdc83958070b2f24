/** Indents XML or JSON for reading. Any other text, and broken JSON, comes back as it is. */
export function pretty(text: string): string {
  const trimmed = text.trim()
  if (/^[{[]/.test(trimmed)) return prettyJson(trimmed) ?? text
  if (/^<[a-z?]/i.test(trimmed)) return prettyXml(trimmed)
  return text
}

function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return null
  }
}

// Tokens: CDATA (which may hold '<'), tags, text. An element without children stays on one line.
function prettyXml(text: string): string {
  const tokens = text.match(/<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/g) ?? []
  let depth = 0
  let out = ''
  let afterOpen = false
  for (const token of tokens) {
    if (token.startsWith('</')) {
      depth -= 1
      out += afterOpen ? token : `\n${'  '.repeat(Math.max(depth, 0))}${token}`
      afterOpen = false
    } else if (token.startsWith('<') && !token.startsWith('<!') && !token.startsWith('<?')) {
      out += `${out ? '\n' : ''}${'  '.repeat(depth)}${token}`
      afterOpen = !token.endsWith('/>')
      if (afterOpen) depth += 1
    } else if (token.trim()) {
      out += token
    }
  }
  return out
}
