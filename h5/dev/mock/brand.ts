/** What the brand's service answers in the mock: a few rules, so that every path of the page has something to show. */
export interface Reply { passive: string | null; later: { type: string; content: Record<string, unknown> } | null }

const answers: Record<string, string> = {
  'event:subscribe': '欢迎关注。回复“积分”查余额。',
  'event:SCAN': '你扫了门店的二维码。',
  'event:CLICK my_points': '你有 1,280 积分，其中 200 分 12 月 31 日到期。',
  'event:CLICK invite': '邀请一位朋友，各得 50 积分。',
  'text 积分': '你有 1,280 积分。',
}

export function answerTo(kind: string, word: string): Reply {
  if (kind === 'text' && word === '人工') return { passive: null, later: { type: 'text', content: { content: '你好，我是店员小叶，请讲。' } } }
  const text = answers[`${kind} ${word}`] ?? answers[kind] ?? (kind.startsWith('event') ? null : '收到。')
  return { passive: text, later: null }
}
