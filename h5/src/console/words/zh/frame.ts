export const frame = {
  app: { brand: '惠联', name: '工作台' },
  menu: { title: '主菜单', today: '工作台', chats: '会话', members: '会员', campaigns: '活动', more: '更多', waiting: '{count} 项待处理' },
  role: { clerk: '店员', manager: '店长', headquarters: '总部' },
  sign_in: { login: '登录名', password: '密码', keep: '在这台设备上保持登录', enter: '登录', wrong: '登录名或密码不对', code: '动态码', code_hint: '密码正确。请输入身份验证器显示的 6 位动态码。', wrong_code: '动态码不对，请等下一个再试', ended: '登录已失效，请重新登录。输入的内容都还在。' },
  offline: '没有网络。页面停在断网前的内容，输入不会丢失，联网后可以重发。',
  error: {
    unreachable: '连不上服务器', unreachable_hint: '请检查网络，然后重试。没有发出的内容都还在。',
    slow: '服务器没有及时应答', slow_hint: '请求可能已经生效。可以放心重试，不会重复执行。',
    page: '页面出了点问题', page_hint: '请重试；仍不行就刷新页面，输入不会丢失。',
    http: '服务器的应答无法识别', http_hint: '请稍后重试。',
    again_is_safe: '可以放心再点一次，不会重复执行。',
  },
  shared_console: { as_of: '数据截至 {time}。', reason: '原因', reason_hint: '会写入操作记录', all: '显示全部 {count} 条', fewer: '收起', not_found: '没有这个页面', not_found_hint: '地址可能写错了，或者已经失效。', go_home: '回到工作台' },
  why: {
    ask: '为什么', met: '满足', not_met: '不满足', wanted: '要求', seen: '实际', cause: '起因', code: '判定', rule_name: '规则', staff: '员工', key: '依据编号',
    cause_of: { referral: '邀请', claim: '领取', share: '分享' },
    rule: {
      given: '全部条件', not_running: '活动进行中', not_started: '活动已开始', over: '活动未结束', blocked: '会员未被暂停发放', member_too_new: '入会时间', phone_not_verified: '手机号已验证', not_following: '已关注公众号', no_payee: '有可收款的微信身份',
      amount_not_allowed: '金额在范围内', total_reached: '总次数未满', day_reached: '当日次数未满', person_reached: '个人次数未满', person_day_reached: '个人当日次数未满', payee_day_reached: '个人当日收款未满', merchant_day_reached: '商户当日付款未满', too_fast: '发放速度正常', budget_used_up: '预算充足',
    },
  },
}
