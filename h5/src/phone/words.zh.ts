export const zh = {
  app: { brand: '惠联', name: '微信模拟器', banner: '模拟器 · 不连接真实微信', phone: '手机', preferences: '语言与外观', signal: '模拟网络' },
  connection: {
    connecting: '连接中', live: '实时', lost: '已断开', offline: '离线',
    lost_long: '与沙箱的连接断开，正在重连。页面停在断开时的内容，输入不会丢失。',
    offline_long: '本机没有网络。页面停在断开时的内容，输入不会丢失。',
  },
  error: {
    unreachable: '连不上沙箱。请确认它在运行，然后重试。',
    refused: '没有完成：{why}',
    no_state: '读不到沙箱的状态',
    no_chat: '读不到这个会话',
    no_pushes: '读不到推送记录',
    no_calls: '读不到接口记录',
    no_codes: '读不到二维码',
  },
  people: {
    title: '谁拿着这部手机', i_am: '我是', switch: '切换身份', follows: '关注了 {count} 个账号', name: '新人的名字', name_hint: '留空则自动取名', create: '新人',
    none: '还没有人', none_hint: '先建一个人，再用他的手机关注账号、发消息。',
  },
  home: {
    chats: '会话', discover: '可以关注的账号', discover_hint: '选一个账号并关注，就会向服务推送关注事件。', silent: '还没有消息', not_followed: '未关注', mini_hint: '打开客服会话',
    no_accounts: '沙箱里没有账号', no_accounts_hint: '在 wechat-config 里写上账号，再启动沙箱。',
  },
  account: {
    profile: '账号资料', official: '公众号', mini: '小程序', followed: '已关注', blocked: '已被拉黑', followers: '{count} 位粉丝', original_id: '原始 ID', my_openid: '我的 OpenID', my_unionid: '我的 UnionID',
    none_yet: '尚无', follow: '关注', open_chat: '进入会话', member_pages: '会员页面', open_profile: '查看账号', unfollow: '取消关注', unfollow_question: '取消关注后，账号不能再给你发消息。确定吗？',
    pay: '模拟支付', paid_now: '已支付，会话窗口已打开', receive: '接收消息', union: '微信告知 UnionID', simulated: '模拟器里还能做', unfollowed_now: '已取消关注', unknown: '没有这个账号', unknown_hint: '它可能已从沙箱移除。',
    settings: '消息推送', mode: { label: '加密方式', plain: '明文', compatible: '兼容', secure: '安全' }, format: '数据格式', xml_only: '公众号只推送 XML。', callback: '回调地址（URL）', ip_allowed: '服务地址在 IP 白名单中',
    secrets: '密钥与令牌', secrets_hint: '用来检验服务能否承受更换。', rotate: '更换 EncodingAESKey', rotate_question: '更换后新推送用新密钥加密，服务须已换上新密钥。', rotated: '已更换密钥',
    invalidate: '令牌作废', invalidate_question: '模拟别的服务刷新了令牌：现用的 access_token 将返回 40001。', invalidated: '现用令牌已作废', new_key: '新的 EncodingAESKey（只显示这一次）', secret_frozen: '冻结 AppSecret', open_platform: '绑定开放平台（告知 UnionID）', web_domain: '网页授权域名', verify: '验证地址', verified: '验证通过', not_verified: '没有通过（HTTP {status}）', unlimited: '不限', quotas: '今日调用次数', no_quotas: '今天还没有调用。',
  },
  subscribe: {
    title: '订阅消息授权', hint: '账号请求给你发订阅消息。每允许一次，它就能多发一条。', none: '没有订阅模板', none_hint: '服务添加订阅模板后，可以在这里授权。', credits: '可再发 {count} 条', accept: '允许', reject: '拒绝', accepted: '已允许，许可加一次', rejected: '已拒绝',
  },
  scan: {
    title: '扫一扫', paste: '二维码内容', paste_hint: '粘贴 ticket、二维码解析后的地址、showqrcode 链接，或网页地址', scan: '扫描', picture: '从图片识别', inside: '识别图中二维码', unreadable: '图里没有认得出的二维码', codes: '现有的二维码', permanent: '永久', left: '剩 {time}', over: '已过期',
    no_codes: '还没有二维码', no_codes_hint: '服务调用 /cgi-bin/qrcode/create 后，会出现在这里。', expired: '二维码已过期，只能看到账号资料。', result: '扫描结果', result_hint: '相机会读到的内容；条形码写作 EAN_13,数字',
  },
  wallet: {
    title: '钱包', balance: '零钱', balance_hint: '只记模拟器里收到的钱', waiting: '等你领取', receipts: '收款记录', none: '还没有收到钱', none_hint: '服务发来红包或转账后，会出现在这里。', past: '没有收下的',
    by_packet: '红包', by_transfer: '转账', left: '剩 {time}', to_open: '去拆开', to_confirm: '去收款',
    risk: '微信支付拦截这个人', risk_hint: '红包返回 NO_AUTH，转账以这个原因失败。', no_risk: '不拦截', call: '调起收款确认页', call_hint: '把 wx.requestMerchantTransfer 的参数贴在这里（JSON：mchId、appId、package）。', call_open: '打开', call_broken: '不是这三个参数的 JSON。', unread: '读不到钱包',
  },
  packet: {
    name: '微信红包', from: '{sender}的红包', open: '拆开红包', open_short: '開', opened: '已领取', gone: '已过期', sending: '发放中', failed: '未发出', waiting: '待领取', stored: '已存入零钱', lapsed: '红包超过 24 小时没有领取，已退回给商家。', not_sent: '这个红包没有发出。', unknown: '没有这个红包', unknown_hint: '它可能属于别人。',
    closes: '{time} 后退回', activity: '活动：{name}', mini_only: '请在小程序里领取',
  },
  transfer: {
    title: '收款确认', from: '{sender} 向你转账', confirm: '确认收款', later: '稍后再说', confirmed: '已收款', lapsed: '超过 24 小时没有确认，已退回给商家。', cancelled: '商家已撤销', failed: '转账失败', moving: '到账中', working: '处理中', closes: '{time} 后退回', remark: '备注', perception: '款项用途', arrived: '已存入零钱', closed: '页面已关闭，没有收款', unknown: '打不开这笔转账', reason: '原因：{reason}', receiver: '收款人',
  },
  merchant: {
    name: '商户', balance: '运营账户余额', top_up: '充值（元）', add: '充值', frozen: '冻结商户（付款被拒）', mode: { label: '验签方式', public_key: '微信支付公钥', certificate: '平台证书', both: '两者并存' }, rotate: '更换平台证书', rotate_question: '新证书与旧证书同时有效，之后的应答用新证书签名。', rotated: '已更换平台证书',
    ledger: '资金流水', no_ledger: '还没有流水', no_ledger_hint: '充值、发红包、转账和退回都会记在这里。', notifications: '支付通知', no_notifications: '还没有通知', no_notifications_hint: '转账结束后，微信支付会通知服务。', again: '再通知一次', again_done: '已再次通知', next: '下次 {time}', attempts: '{count} 次',
    kind: { top_up: '充值', packet: '红包', packet_return: '红包退回', transfer: '转账', transfer_return: '转账退回' }, outcome: { pending: '进行中', delivered: '已送达', failed: '已放弃', lost: '已丢失' },
  },
  notices: { title: '服务通知', none: '还没有通知', none_hint: '没有关注的公众号发来的红包，会出现在这里。', packet: '你收到一个红包' },
  mini: {
    open: '打开小程序', hint: '模拟器不运行小程序的代码，只做它的两件事：登录，授权手机号。请求与应答原样列出。', login: '登录', phone: '授权手机号', logged_in: '已登录', logged_out: '未登录', steps: '请求与应答', none: '还没有请求', none_hint: '点“登录”，小程序会用 wx.login 的 code 请求服务。',
    request: '请求', answer: '应答', no_answer: '没有应答', took: '{ms} 毫秒', no_service: '不知道服务的地址，请在下面填写。',
    number: '手机号', other: '其他号码', other_hint: '11 位手机号，或 +852 91234567', allow: '允许', no_number: '还没有号码', phone_hint: '{name} 申请获取并验证你的手机号',
    share: '转发', share_title: '转发页面', share_hint: '服务给出带分享码的路径，卡片发给好友或群。微信不告诉任何人谁点了转发。', shared: '已转发',
    shares: '打开别人的分享', no_shares: '还没有分享', no_shares_hint: '换一个人登录小程序，点“转发”。', from_chat: '从聊天打开', from_group: '从群打开', sent_by: '{name} 转发', stay: '浏览 10 秒', opened: '场景值 {scene}',
    service: '服务地址', login_path: '登录接口', phone_path: '手机号接口', blocked: '微信拦截登录（高风险用户）', risk: '微信给的风险等级', rank: '{rank} 级', rank_none: '0 级（无风险）',
  },
  page: { mini: '小程序页面', mini_hint: '模拟器不运行小程序，只显示会打开的页面。', path: '页面路径', outside: '在浏览器打开', frame: '网页 {address}', foreign: '外部网页', foreign_hint: '模拟器不加载外部地址，只显示本机的页面。' },
  chat: {
    messages: '消息', me: '我', typing: '对方正在输入…', unread: '{count} 条未读', empty: '还没有消息', empty_hint: '发一句话，或点下方菜单，看服务怎么回复。', earlier: '更早的消息', missed: '{count} 条新消息',
    stranger: '关注后才能发消息。', to_menu: '切换到菜单', to_keyboard: '切换到键盘', menu: '自定义菜单', write: '输入消息', send: '发送', attach: '更多', unsent: '没有发出：{why}', discard: '丢弃',
    via: { passive: '被动回复', custom: '客服消息', template: '模板消息', subscribe: '订阅通知', mass: '群发', system: '系统', pay: '微信支付' },
  },
  bubble: {
    image: '图片', voice: '语音', video: '视频', shortvideo: '小视频', location: '位置', link: '链接', mini: '小程序', miniprogrampage: '小程序卡片', music: '音乐', news: '图文', menu: '菜单消息', card: '通知', packet: '红包',
    template: '模板消息', subscribe: '订阅通知', details: '查看详情', enlarge: '查看大图', unplayable: '浏览器放不了这个文件', unknown: '暂不支持显示：{type}',
  },
  attach: { label: '地点', latitude: '纬度', longitude: '经度', title: '标题', description: '描述', url: '地址', path: '页面路径' },
  window: {
    unknown: '正在读取可发额度', closed: '现在不可发客服消息', used_up: '客服消息额度已用完', left: '还可发 {count} 条', unlimited: '可发，不限条数', times: '剩 {count} 条', no_limit: '不限条数',
    trigger: { message: '发来消息', click: '点击菜单', follow: '关注', scan: '扫码', paid: '支付', enter: '进入客服会话' },
  },
  inspector: { title: '检查器', pushes: '推送', calls: '接口', faults: '故障', accounts: '账号', merchants: '支付', clock: '时钟', failed: '{count} 次推送失败', account: '账号', all_accounts: '全部账号' },
  push: {
    kind: {
      text: '文字', image: '图片', voice: '语音', video: '视频', shortvideo: '小视频', location: '位置', link: '链接', miniprogrampage: '小程序卡片', subscribe: '关注', unsubscribe: '取消关注', scan: '扫码', click: '点击菜单', view: '打开网页', view_miniprogram: '打开小程序',
      scancode_push: '扫码菜单', scancode_waitmsg: '扫码菜单', pic_sysphoto: '拍照菜单', pic_photo_or_album: '图片菜单', pic_weixin: '相册菜单', location_select: '位置菜单', templatesendjobfinish: '模板消息送达', masssendjobfinish: '群发结果',
      subscribe_msg_popup_event: '订阅授权', subscribe_msg_change_event: '订阅变更', subscribe_msg_sent_event: '订阅消息送达', user_enter_tempsession: '进入客服会话', user_info_modified: '资料变更', user_authorization_revoke: '撤回授权', user_authorization_cancellation: '注销账号',
    },
    none: '还没有推送', none_hint: '在手机上关注账号或发一条消息，微信推给服务的内容会出现在这里。', attempts: '{count} 次', plaintext: '推送明文', no_attempts: '还没有投递。', again: '再投递一次', again_done: '已再次投递',
    outcome: { pending: '进行中', replied: '已回复', acknowledged: '已应答', failed: '失败' }, release: '放行暂存的推送', released: '已放行', order: { as_sent: '按原序', reversed: '倒序', shuffled: '乱序' },
  },
  attempt: {
    title: '第 {number} 次投递', body: '发出的内容', answer: '服务的应答', reply: '解密后的回复',
    verdict: { replied: '已回复', acknowledged: '已应答', timeout: '超时', refused: '拒绝', invalid: '应答无效', unreachable: '连不上' },
  },
  call: { none: '还没有调用', none_hint: '服务调用微信接口后，请求与应答会出现在这里。', request: '请求', answer: '应答' },
  fault: {
    title: '安排一次故障', where: '在哪里', what: '发生什么', path: '接口路径', times: '次数', until_removed: '直到移除', times_left: '还剩 {count} 次', add: '安排', active: '生效中', none: '没有故障', none_hint: '一切正常。上面可以安排一次。',
    remove: '移除', remove_all: '全部移除', remove_all_question: '移除所有安排的故障？', callback: '推送（微信 → 服务）', pay_notify: '支付通知（微信 → 服务）', other: '其他接口…',
    parameter: { errcode: '错误码', errmsg: '错误信息', status: 'HTTP 状态', millis: '延迟（毫秒）', seconds: '时长或偏移（秒）', code: '错误码', text: '错误文字', reason: '失败原因' },
    kind: {
      errcode: '返回错误码', http: '返回 HTTP 错误', slow: '应答很慢', reset_before: '执行前断开', reset_after: '执行后断开', job_failed: '任务失败（模板、订阅、群发）', duplicate: '重复推送', hold: '暂存推送', cut_after: '丢弃应答并重试', skew: '时间戳偏移',
      wrong_signature: '签名错误', wrong_key: '密钥错误', previous_key: '用旧密钥', upper_hex: '签名大写', downgrade: '降级为明文',
      http_after: '执行后返回 HTTP 错误', hang: '不执行，长时间无应答', pay_error: '执行前返回错误码', pay_error_after: '执行后返回错误码', processing: '受理后延迟完成（有原因则失败）', hidden: '执行，但一段时间查不到', truncated: '应答被截断', extra_fields: '应答多出字段', unsigned: '应答没有签名', other_key: '用另一种密钥签名', probe: '签名探测', wrong_amount: '先发一条金额错误的通知', lost: '通知丢失',
    },
  },
  event: { title: '手动推送事件', hint: '手机上做不出的事件，例如用户撤回授权。字段按微信文档书写。', person: '关于谁', nobody: '不涉及人', message: '字段（JSON）', broken: '不是合法的 JSON。', send: '推送', sent: '已推送' },
  clock: {
    simulated: '沙箱时间', zone: '沙箱时间 · 上海', runs: '时钟自己在走，不能拨动。以手动时钟启动沙箱后可拨快。', minute: '快进 1 分钟', hour: '快进 1 小时', day: '快进 1 天', window: '快进 48 小时', seconds: '快进（秒）', advance: '快进',
    hint: '用来检验会话窗口、二维码过期和延时任务。',
  },
}
