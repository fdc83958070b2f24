export const chats = {
  span: { seconds: '{count} 秒', minutes: '{count} 分钟', hours: '{count} 小时', days: '{count} 天' },
  chat: {
    one: '会话', filter: { label: '谁在回复', all: '全部', human: '人工', robot: '机器人' }, none: '还没有会话', none_hint: '粉丝发来消息后，会出现在这里。', choose: '选择一个会话', choose_hint: '左边最上面的是最近说话的人。', person: '粉丝 {end}', silent: '还没有消息', unread: '{count} 条未读',
    state: { human: '人工', robot: '机器人' }, waits: '等了 {time}', left: '剩 {time}', closed: '已关闭', facts: '会员资料', take_over: '转人工', to_robot: '交给机器人', now: { human: '由人工回复', robot: '已交给机器人' },
    may_say: '还可以发 {count} 条 · {time}', may_not: '微信规定现在不能主动发消息，等对方开口', messages: '消息', earlier: '更早的消息', nothing_said: '还没有消息', nothing_said_hint: '对方说话后，可以在这里回复。',
    author: { person: '粉丝', robot: '机器人', notice: '通知', staff: '员工' }, unsent: '没有发出：{why}', sending: '发送中…', discard: '丢弃', write: '输入回复', picture: '发图片', picture_gone: '图片已过期', cannot: '窗口已关闭，暂时不能回复', send: '发送',
    nobody: '还不知道是哪位会员', nobody_hint: '对方关注或登录后会自动认出；也可以按手机号查找顾客。', find: '查找会员', latest: '最近动态',
    event: { subscribe: '关注了公众号', unsubscribe: '取消了关注', scan: '扫描了二维码', click: '点击了菜单', view: '打开了网页', view_miniprogram: '打开了小程序', user_enter_tempsession: '进入了会话', location: '上报了位置' },
    media: { image: '图片', voice: '语音', video: '视频', shortvideo: '小视频', location: '位置', link: '链接', miniprogrampage: '小程序卡片', music: '音乐', news: '图文', msgmenu: '菜单消息', wxcard: '卡券' },
  },
  canned: { title: '常用回复', none: '还没有常用回复', none_hint: '店长和总部可以在「更多 → 常用回复」里写，所有同事共用。', search: '搜索', slash: '在输入框里先打一个「/」，也能直接搜', not_found: '没有找到', not_found_hint: '换个词试试。', write: '管理常用回复', new: '新建常用回复', name: '标题', text: '内容', note: '所有同事共用，按这里的顺序排列', up: '上移', down: '下移', remove: '删除', remove_question: '删除后所有同事都用不到它。确认？', removed: '已删除' },
}
