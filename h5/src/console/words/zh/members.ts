export const members = {
  member: {
    one: '会员', search: '手机号、会员卡号或姓名', find: '查找', found: '查找结果', newest: '最近入会', none: '还没有会员', none_hint: '关注公众号、使用小程序或导入名单后，会员会出现在这里。',
    not_found: '没有找到', not_found_hint: { phone: '请核对完整的手机号；可能他还没有留过手机号。', card: '请核对卡号和发卡系统。', name: '姓名按开头查找，请少输几个字再试。' },
    ask_first: '先查找会员', ask_first_hint: '输入顾客的完整手机号或会员卡号。', by: { label: '查找方式', phone: '手机号', card: '会员卡', name: '姓名' }, issuer: '发卡系统', issuer_hint: '例如 pos；会记住上次的填写',
    phone: '手机号', no_phone: '没有手机号', joined: '入会', pick: '选择', same: '就是当前会员', edit: '更正', unknown: '未知', yes: '是', no: '否', blocks: '会员资料',
    block: { profile: '资料', timeline: '时间线', points: '积分', rewards: '奖励', identities: '身份', messages: '触达', privacy: '隐私' },
    joined_by: { code: '扫码', follow: '关注', menu: '菜单', mini_program: '小程序', web_page: '网页', import: '导入', partner: '合作方', staff: '员工' },
    basics: { title: '基本资料', name: '姓名', nickname: '昵称', sex: '性别', birthday: '生日', region: '地区', language: '语言' }, sex: { male: '男', female: '女' },
    attributes: '更多属性', consents: '数据用途授权', allowed: '同意', not_allowed: '未同意', purpose: { service: '提供服务', marketing: '营销信息', personalisation: '个性化推荐', third_party_profiling: '第三方画像' },
  },
  reveal: {
    show: '查看', title: '查看{what}', on_record: '查看会留下记录：谁、何时、看了什么、为什么。', least: '至少 4 个字，会写入操作记录', left: '{seconds} 秒后自动隐藏',
    scene: { label: '用途', call: '致电会员', identify: '核验身份', prize_tax: '代扣代缴', legal_request: '依法协查', copy: '会员索取副本', at_hand: '到店接待' },
  },
  reach: {
    title: '现在能说什么', transactional: '服务通知', marketing: '营销消息', now: '现在可以发', not_now: '现在不可以发', from: '{time} 起可以', sent: '营销消息：今天 {day} / {most_day} 条，近 7 天 {week} / {most_week} 条', follows: '已关注', left: '已取关', window: '{trigger}窗口：还可发 {count} 条，{time} 关闭', permits: '订阅许可 {count} 次',
    why: { expired: '已过期', no_consent: '没有营销授权', capped: '达到次数上限', fatigued: '多次未回应', quiet: '安静时段', no_channel: '没有可用渠道', no_text: '没有可用文案' },
  },
  window: { message: '会话', menu: '菜单', follow: '关注', scan: '扫码', enter: '进入会话' },
  timeline: { none: '还没有记录', none_hint: '关注、消息、积分、奖励等都会按时间出现在这里。' },
  fact: {
    person: '会员说', robot: '自动回复', staff: '员工回复', follow: '关注', unfollow: '取消关注', scan: '扫码', menu: '点击菜单', visit: '访问', open: '打开小程序', click: '点击菜单', view: '打开网页', enter: '进入会话', page_view: '浏览页面', page_leave: '离开页面', share: '分享',
    member: '会员资料变更', member_joined: '成为会员', member_created: '建立会员', member_merged: '会员合并', member_unmerged: '撤销合并', member_split: '身份拆分', member_changed: '资料变更', member_consented: '授权变更', member_erased: '资料删除', member_taken_over: '导入会员', member_linked: '绑定身份', member_profile_changed: '资料变更', member_values_changed: '属性变更', member_consent_given: '授权', member_signed_in: '登录', member_withdrawn: '撤回授权', member_erasure_confirmed: '确认删除', member_conflict: '身份冲突', member_rehomed: '调整归属门店', reward_granted: '获得奖励', payout_rejected: '打款被拒', referral_moved: '邀请进展', follower_followed: '关注', follower_left: '取消关注', follower_found: '核对关注状态', enter_chat: '进入会话', chat_poster_asked: '索要海报', follower_withdrew: '撤回微信授权', reach_said: '通知会员', touch_seen: '接触', tap: '点击菜单', channel_touched: '来自渠道', dwell: '停留', dwell_seen: '停留',
    points: '积分变动', points_given: '获得积分', points_available: '积分生效', points_cancelled: '待生效积分取消', points_spent: '使用积分', points_refunded: '积分退回', points_expired: '积分过期', points_taken_back: '积分收回', points_adjusted: '人工调整', points_parted: '会员拆分结算', points_forfeited: '积分清零',
    grant: '奖励', grant_given: '奖励已发放', grant_refused: '奖励未发放', payout: '打款', payout_paid: '已到账', payout_returned: '打款退回', referral: '邀请', order: '订单', order_paid: '消费', order_refunded: '退款', reward: '奖励', campaign: '活动',
    points_expiring: '积分到期提醒', payout_arrived: '到账通知', payout_expiring: '领取提醒',
  },
  points: {
    balance: '可用积分', pending: '待生效', stopped: '积分正在核对，暂时不能使用。', ending: '{points} 积分将在 {day} 前过期', check: '核对', balanced: '核对无误', unbalanced: '积分对不上，已停用，请联系总部', correct: '调整积分', corrected: '已调整',
    lots: '积分批次', lots_hint: '按使用顺序排列', until: '{day} 到期', forever: '长期有效', lot: { held: '冻结', waiting: '待生效', open: '可用', used: '已用完', expired: '已过期', cancelled: '已取消' },
    entries: '积分明细', none: '还没有积分记录', none_hint: '获得、使用和调整都会记在这里。', note: '备注', asked: '应扣', way: '方向', more: '增加', fewer: '减少', amount: '积分数', below: '不能扣成负数，现有 {points}', whole: '请输入正整数',
  },
  message: {
    title: '触达记录', none: '还没有触达', none_hint: '通知和营销消息，发出或没有发出，都会记在这里。', purpose: { transactional: '服务通知', marketing: '营销' }, channel: { passive: '被动回复', custom: '客服消息', subscription: '订阅消息', template: '模板消息' },
    state: { queued: '排队中', sending: '发送中', sent: '已发出', delivered: '已送达', refused: '被拒绝', unknown: '结果未知', suppressed: '没有发', expired: '已过期' },
    kind: { points_expiring: '积分到期提醒', payout_arrived: '到账通知', payout_expiring: '领取提醒', payout_returned: '退回通知', poster_link: '海报链接' },
  },
  access: { title: '查阅记录', note: '谁看过被遮盖的信息', none: '没有人看过', none_hint: '每次查看都会记在这里。', what: { phone: '手机号', card: '会员卡片', everything: '全部资料副本' } },
  erasure: {
    title: '删除个人信息', note: '会员要求删除时在这里登记，期满自动执行', what: '期满后，会员的个人信息会被删除，账目以匿名方式保留。', write: '登记删除', written: '已登记', question: '期满后无法恢复。确认登记？', who_asked: '谁提出、如何核实本人', who_asked_hint: '至少 4 个字，会写入操作记录',
    at: '登记时间', how_far: '状态', due: '执行时间', take_back: '撤回登记', take_back_question: '会员改变了主意？撤回后不再删除。', taken_back: '已撤回', state: { requested: '等会员再次确认', confirmed: '等待执行', cancelled: '已撤回', done: '已删除' },
  },
  copy: { title: '个人信息副本', note: '会员要求查阅或转移数据时使用', order: '生成副本', fetch: '下载副本', fetched: '已下载', ready: '已生成，{time} 前可以下载。', state: { waiting: '正在生成…', ready: '已生成', failed: '没有生成，请再试一次。' } },
}
