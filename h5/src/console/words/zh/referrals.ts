export const referrals = {
  program: {
    one: '邀请活动', title: '邀请', new: '新建邀请活动', none: '还没有邀请活动', none_hint: '老会员带新会员：写好规则，启动后开始计数。', state: { draft: '草稿', running: '进行中', paused: '已暂停', ended: '已结束' }, rules: '规则', rules_version: '规则第 {version} 版', name_hint: '邀请人和被邀请人都会看到',
    attribution: '归因', attribution_of: { first: '归第一位邀请人', last: '归最后一位邀请人' }, window: '有效期', days: '{days} 天', asks: { label: '被邀请人须', register: '注册即可', stayed: '留存 {days} 天', purchase: '消费满 {amount}' }, mature: '观察期', at_once: '立即', levels: '奖励层级', level_count: '{count} 级', gives: '奖励', gives_nothing: '不发', ladder: '满 {count} 人发 {campaign}',
    step: { what: '1 叫什么', counts: '2 怎样才算', gives: '3 给什么' }, new_only: '只算从未接触过的新人', window_field: '触达到注册（天）', stayed_field: '须留存（天）', purchase_field: '单笔消费满（元）', mature_field: '观察期（天）', leave_field: '取关作废期（天）', gives_hint: '奖励从奖励活动的预算里发；超过两级违法，因此最多两级。', change_hint: '之前注册的人仍按当时的规则',
    means: { run: '从现在起记录邀请，达成后发奖。', pause: '暂时不再计数，也不发奖。', end: '永久结束；之前触达的人继续走完。' }, question: '结束后不能再启动。确认？',
  },
  referral: {
    one: '邀请', title: '邀请记录', none: '还没有邀请', none_hint: '有人通过邀请打开页面或扫码后，会出现在这里。', line: '{inviter} 邀请 {invitee}', state: { seen: '已触达', registered: '已注册', phone_verified: '已验证手机', qualified: '已达成', matured: '已成熟', rewarded: '已发奖', held: '待核查', reversed: '已撤销', refused: '不计入' },
    appeal: '会员申诉', rules: '规则', people: '双方', inviter: '邀请人', invitee: '被邀请人', way: '经过', rewards: '奖励', reviews: '处理记录', role: { inviter: '邀请人', invitee: '被邀请人', second: '上级邀请人', step: '阶梯奖励' }, reward: { given: '已发放', refused: '未发放', taken_back: '已收回' },
    mark: { seen_at: '触达', registered_at: '注册', phone_at: '验证手机', qualified_at: '达成', held_at: '待核查', matured_at: '成熟', rewarded_at: '发奖', ended_at: '终结', due_at: '下次判定' }, means: { release: '放行后立即继续，该发的奖会发。', reject: '不再计入，已发的奖励尽量收回。' },
  },
  alert: { one: '风控预警', title: '预警', none: '没有预警', none_hint: '发现可疑的邀请时，奖励会先留住，在这里等你决定。', state: { open: '待处理', released: '已放行', rejected: '已驳回' }, severity: { watch: '观察', hold: '已留住' }, count: '{count} 次', times: '次数', first: '首次', last: '最近', decided: '处理', found: '发现了什么', release: '放行', reject: '驳回', done: '已处理', means: { release: '放行这条预警留住的全部邀请，同类不再留住。', reject: '驳回这条预警留住的全部邀请。' }, question: '驳回后，已得的奖励会尽量收回。确认？' },
  funnel: { title: '邀请漏斗', lost: '最多人停在“{step}”之前', none_lost: '没有人中途停下', at: '步骤', people: '人数', share: '占比', step: { seen: '触达', registered: '注册', phone: '验证手机', qualified: '达成', matured: '成熟', rewarded: '发奖' } },
  board: { title: '排行榜', month: '本月', all: '累计', none: '还没有人上榜', none_hint: '邀请成熟后计入排行。', people: '{count} 人' },
}
