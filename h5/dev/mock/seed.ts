import type { Account, Chat, Code, Person } from '../../src/phone/contract.ts'

const account = (over: Partial<Account> & Pick<Account, 'key' | 'name' | 'kind'>): Account => ({
  appid: `wx${over.key.padEnd(16, '0')}`, original_id: `gh_${over.key.padEnd(12, '0')}`, mode: 'secure', format: 'xml', callback_url: `http://127.0.0.1:8080/wechat/${over.key}/callback`,
  menu: null, followers: 0, subscribe_templates: [{ priTmplId: 'tpl_ready', title: '取餐提醒', example: '取餐号：A017\n提示：请在 20 分钟内取餐' }], quotas: [{ path: '/cgi-bin/message/custom/send', limit: 500_000, used: 128 }, { path: '/cgi-bin/stable_token', limit: 10_000, used: 6 }, { path: '/cgi-bin/menu/trymatch', limit: null, used: 1 }], ip_allowed: true, secret_frozen: false, web_domain: '127.0.0.1', open_platform: 'open', ...over,
})

/** A brand with an official account that has a menu, one without, and a mini program. */
export const seedAccounts = (): Account[] => [
  account({
    key: 'tea', name: '拾光茶铺', kind: 'official', followers: 2381,
    menu: {
      button: [
        { name: '我的积分', type: 'click', key: 'my_points' },
        { name: '福利', sub_button: [{ name: '邀请有礼', type: 'click', key: 'invite' }, { name: '扫码领奖', type: 'scancode_waitmsg', key: 'code' }, { name: '会员中心', type: 'view', url: 'http://127.0.0.1:8080/m/' }, { name: '点单', type: 'miniprogram', appid: 'wxmini000000000', pagepath: 'pages/order/index', url: 'https://tea.example/order' }] },
        { name: '门店', sub_button: [{ name: '附近门店', type: 'location_select', key: 'near' }, { name: '拍小票', type: 'pic_photo_or_album', key: 'receipt' }] },
      ],
    },
  }),
  account({ key: 'lab', name: '新品研究所', kind: 'official', mode: 'plain', followers: 57, quotas: [] }),
  account({ key: 'mini', name: '拾光点单', kind: 'mini', format: 'json' }),
]

export const seedPeople = (): Person[] => [
  { id: 'p1', name: '林小满', avatar: '林', unionid: 'oU_linxiaoman', openids: { tea: 'oTea_linxiaoman', mini: 'oMini_linxiaoman' }, follows: ['tea'], blocked_by: [], refuses: [], unread: { tea: 2 }, phones: ['+86 13800000001', '+852 91234567'], risk_rank: 0, login_blocked: false },
  { id: 'p2', name: '周一航', avatar: '周', unionid: null, openids: {}, follows: [], blocked_by: [], refuses: [], unread: {}, phones: [], risk_rank: 0, login_blocked: false },
]

export const seedCodes = (now: Date): Code[] => [
  { ticket: 'gQH_store_017', url: 'http://weixin.qq.com/q/store017', account: 'tea', scene: 'store_017', expires_at: null },
  { ticket: 'gQE_invite_9f2', url: 'http://weixin.qq.com/q/invite9f2', account: 'tea', scene: 'invite_9f2', expires_at: new Date(now.getTime() + 86_400_000).toISOString() },
  { ticket: 'gQE_old', url: 'http://weixin.qq.com/q/old', account: 'lab', scene: 'spring', expires_at: new Date(now.getTime() - 60_000).toISOString() },
]

/** One message of every type. */
export function seedChat(now: Date): Chat {
  let minutes = 190
  const say = (from: 'person' | 'account' | 'notice', type: string, content: Record<string, unknown>, via: Chat['messages'][number]['via'] = from === 'account' ? 'custom' : null, gap = 1) => {
    minutes -= gap
    return { id: `seed${minutes}`, at: new Date(now.getTime() - minutes * 60_000).toISOString(), from, type, via, content }
  }
  return {
    typing: false, menu: null, credits: {},
    window: [{ trigger: 'message', closes_at: new Date(now.getTime() + 47.4 * 3_600_000).toISOString(), left: 4 }, { trigger: 'click', closes_at: new Date(now.getTime() + 48_000).toISOString(), left: 3 }],
    messages: [
      say('account', 'text', { content: '欢迎来到拾光茶铺。\n回复“积分”查余额，或打开 <a href="http://127.0.0.1:8080/m/">会员中心</a>、<a href="#" data-miniprogram-appid="wxmini" data-miniprogram-path="pages/order/index">小程序点单</a>。' }, 'passive'),
      say('person', 'text', { content: '这是我的小票 https://tea.example/r/8812' }),
      say('person', 'image', { media_id: 'm_8812', media_url: '/sandbox/v1/media/m_8812' }),
      say('person', 'voice', { media_id: 'm_v1', media_url: '/sandbox/v1/media/m_v1', recognition: '附近哪家店还开着' }),
      say('person', 'location', { latitude: '31.2304', longitude: '121.4737', scale: 16, label: '上海市黄浦区人民大道' }),
      say('account', 'news', { articles: [{ title: '春茶上新：明前龙井', description: '第一批 4 月 2 日到店，会员提前一天。', url: 'https://tea.example/news/1', picurl: 'https://tea.example/1.jpg' }] }),
      say('account', 'msgmenu', { head_content: '这次的服务怎么样？', list: [{ id: 'good', content: '满意' }, { id: 'fair', content: '一般' }, { id: 'bad', content: '不满意' }], tail_content: '谢谢你的回答。' }),
      say('account', 'miniprogrampage', { title: '你的第二杯半价券', appid: 'wxmini000000000', pagepath: 'pages/coupon/index?id=7', thumb_media_id: 'm_t', thumb_url: '/sandbox/v1/media/m_t' }),
      say('account', 'music', { title: '茶山听雨', description: '店内同款歌单', musicurl: 'https://tea.example/a.mp3' }, 'passive'),
      say('account', 'video', { media_id: 'm_film', title: '三分钟学会盖碗', description: '门店老师示范' }),
      say('person', 'link', { title: '怎么存放绿茶', description: '密封、避光、低温', url: 'https://tea.example/store' }),
      say('account', 'template', { title: '消费成功通知', template_id: 'tpl_paid', url: 'http://127.0.0.1:8080/m/orders/1', text: '门店：人民广场店\n金额：¥36.00\n积分：+36' }, 'template', 100),
      say('account', 'subscribe', { title: '取餐提醒', template_id: 'tpl_ready', page: 'pages/order/1', text: '取餐号：A017\n提示：请在 20 分钟内取餐' }, 'subscribe'),
      say('notice', 'text', { content: '该公众号提供的服务出现故障，请稍后再试' }, null),
      say('account', 'red_packet', { packet: 903, send_name: '拾光茶铺', wishing: '新会员有礼，祝你天天好茶' }, 'pay'),
      say('account', 'red_packet', { packet: 901, send_name: '拾光茶铺', wishing: '新会员有礼，祝你天天好茶' }, 'pay'),
      say('account', 'wxcard', { card_id: 'pFS7Fjg8kV1IdDz01r4SQwMkuCKc' }),
    ],
  }
}
