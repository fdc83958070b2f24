export const shares = {
  share: {
    one: '分享活动', title: '分享', new: '新建分享活动', none: '还没有分享活动', none_hint: '会员把页面分享给朋友，朋友真的来看了才算；先写草稿，启动后开始计数。', state: { draft: '草稿', running: '进行中', paused: '已暂停', ended: '已结束' }, wording: '文案有风险', page_count: '{count} 个页面',
    step: { what: '1 叫什么', pages: '2 分享什么', counts: '3 怎样才算', gives: '4 给什么' }, is_draft: '还是草稿：启动后才开始计数和发积分。', pages: '分享的页面', pages_hint: '点分享本身没有奖励：朋友来访才算', page_no: '第 {number} 个页面', add_page: '再加一个页面', remove_page: '移除这个页面', card: '卡片文字', card_hint: '会员和朋友看到的标题，不要许诺分享得奖', looking: '正在检查文案…', path: '页面路径', path_hint: '例如 pages/tea/index', picture: '图片地址', picture_hint: '选填，https:// 开头', found: '微信可能认为是诱导分享：“{words}”',
    dwell: '至少停留', dwell_field: '至少停留（秒）', dwell_hint: '0 表示打开就算', seconds: '{count} 秒', no_dwell: '打开就算', window: '归因期', window_field: '归因期（天）', window_hint: '来访后多少天内注册、购买算分享带来的', purchase: '首次购买满', purchase_field: '首次购买满（元）', any_purchase: '任意金额',
    gives_hint: '从送积分的奖励活动里发给分享人', gives: '{campaign}，每天最多 {count} 人', per_day: '每人每天最多（次）', for: { visit: '朋友来访', registered: '朋友注册', purchase: '朋友首次购买' }, change_hint: '之前打开的仍按当时的规则',
    wrong: { needed: '必填，最多 60 个字', after: '须晚于开始时间', page: '只能用字母、数字、点、横线和斜线，不带问号', twice: '和前面的页面重复', address: '须以 https:// 或 / 开头', dwell: '0 到 600 秒', window: '1 到 365 天', amount: '请输入大于 0 的金额', per_day: '1 到 1000' },
    means: { run: '从现在起记录来访，达成后发积分。', pause: '暂时不再计数，也不发积分。', end: '永久结束；之前打开的人继续走完。' },
    values: '谁的分享带来最多', by: { visits: '来访', second: '二次传播', registered: '注册', value: '消费' }, brought: { visits: '来访 {count}', registered: '注册 {count}', purchases: '购买 {count}' }, no_values: '还没有来访', no_values_hint: '朋友打开分享的页面后，这里显示谁带来最多。',
    visits: '来访记录', no_visits: '还没有来访', no_visits_hint: '每一次打开都有记录，算不算都能问为什么。', visit_line: '{sharer} 带来 {visitor}', one_visit: '一次来访', sharer: '分享人', visitor: '来访人', visit: { seen: '已打开', counted: '已计入', rewarded: '已发奖', refused: '不计入', reversed: '已撤销' },
    mark: { opened_at: '打开', counted_at: '计入', registered_at: '注册', purchased_at: '首次购买', due_at: '下次判定' },
  },
}
