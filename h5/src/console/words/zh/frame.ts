export const frame = {
  app: { brand: '惠联', name: '工作台' },
  menu: { title: '主菜单', today: '工作台', chats: '会话', members: '会员', campaigns: '活动', more: '更多', waiting: '{count} 项待处理' },
  role: { clerk: '店员', manager: '店长', headquarters: '总部' },
  sign_in: { login: '登录名', password: '密码', keep: '在这台设备上保持登录', enter: '登录', wrong: '登录名或密码不对', code: '动态码', code_hint: '密码正确。请输入身份验证器显示的 6 位动态码。', wrong_code: '动态码不对，请等下一个再试', ended: '登录已失效，请重新登录。输入的内容都还在。' },
  shared_console: { reason: '原因', reason_hint: '会写入操作记录', all: '显示全部 {count} 条', fewer: '收起', not_found: '没有这个页面', not_found_hint: '地址可能写错了，或者已经失效。', go_home: '回到工作台' },
  why: {
    ask: '为什么', met: '满足', not_met: '不满足', wanted: '要求', seen: '实际', cause: '起因', decided: '判定', rule_name: '规则', staff: '员工', key: '依据编号',
    cause_of: { referral: '邀请', claim: '领取', share: '分享', anniversary: '周年回馈' }, blocked: { risk: '微信提示账号存在风险', staff: '员工暂停了发放' }, full: '已满，这次是 {amount}', times: '{count} 次', people: '{count} 人', points: '{count} 积分',
    guard: { same_device: '同一设备', network_burst: '同一网络集中注册', phone_burst: '同一号段集中注册', velocity: '邀请过快', star: '好友大多没有行为', ring: '循环邀请', immediate_unfollow: '关注后很快取关', risk_rank: '微信提示风险', banned_inviter: '邀请人在别处被取消资格' },
    value: {
      touch_at: '接触时间', first_touch: '首次接触', known_since: '最早认识', touches: '接触次数', registered_at: '注册时间', window_days: '邀请有效期', banned_at: '取消资格', left_at: '取消关注', leave_days: '须保持关注', refunded_at: '退款时间', purchase_fen: '须购买满', qualified_at: '达成时间', matured_at: '生效时间', matures_at: '预计生效',
      rules: '触发规则', since: '开始核实', count: '实际', most: '最多', minutes: '时间范围', quiet_percent: '没有行为的', usual_percent: '别处通常', empty: '没有行为的', of: '共', most_percent: '最多', through: '经由', who: '对象', program: '邀请活动', stayed_ms: '停留', wanted_ms: '须停留',
    },
    rule: {
      given: '全部条件', not_running: '活动进行中', not_started: '活动已开始', over: '活动未结束', blocked: '会员未被暂停发放', member_too_new: '入会时间', phone_not_verified: '手机号已验证', not_following: '已关注公众号', no_payee: '有可收款的微信身份',
      amount_not_allowed: '金额在范围内', total_reached: '总次数未满', day_reached: '当日次数未满', person_reached: '个人次数未满', person_day_reached: '个人当日次数未满', payee_day_reached: '个人当日收款未满', merchant_day_reached: '商户当日付款未满', too_fast: '发放速度正常', budget_used_up: '预算充足',
    },
  },
}
