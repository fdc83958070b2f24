export const more = {
  more: {
    group: { content: '资料与内容', money: '资金', system: '系统' }, me: '我', sign_out: '退出登录', replies: '自动回复', pictures: '头像审核', imports: '导入会员', proof: '资金对账', payouts: '打款记录', stops: '打款停止', conflicts: '身份冲突', jobs: '后台任务', staff: '同事', stores: '门店', record: '操作记录', channels: '渠道与二维码', menus: '公众号菜单', canned: '常用回复', exports: '导出',
    about: { replies: '关键词、关注和菜单的回复', pictures: '微信拿不准的头像', imports: '从 Excel 或 CSV 导入，可撤回', proof: '预算、打款、账单、积分是否一致', payouts: '每一笔钱走到哪一步', stops: '紧急停止与解除', conflicts: '等待裁定的身份证据', jobs: '失败后可以再跑一次', staff: '谁能登录、能做什么', stores: '门店和谁看得到谁', record: '谁在什么时候做了什么', channels: '门店、员工和广告的码，带来多少人', menus: '看差异，再发布到微信', canned: '同事共用的话，一点就能填', exports: '申请、审批、下载，行行有水印' },
  },
  menu_of: {
    account: '公众号', wanted: '配置里的菜单', present: '微信上的菜单', none: '微信上还没有菜单', state: { same: '与微信一致', differs: '与微信不一致', unset: '配置里没有菜单', broken: '菜单文件有问题', unreachable: '连不上微信' },
    means: { same: '不需要发布。手机上的菜单最多一天后更新。', differs: '下面是将要发生的变化，发布后手机上最多一天后更新。', unset: '在 wechat-config 里写好 menu.toml 后，会出现在这里。', broken: '改好文件后再看：', unreachable: '只能看到配置里的菜单。稍后再试一次。' },
    changes: '变化', order: '只是顺序不同', conditional: '个性化菜单：{lost} 个换成 {gained} 个', template: '新增模板：{title}', apply: '发布到微信', question: '会立即改变微信上的菜单。确认发布？', applied: '已发布', try: '试试某人看到的菜单', try_hint: '按标签或手机系统显示的菜单，可以问微信某位会员现在看到哪一个。', seen: '{name} 看到的菜单', nobody: '选一位会员', for_tag: '标签 {tag}', for_platform: { 1: 'iOS', 2: '安卓', 3: '其他系统' }, keyboard: '切换键盘', bar: '菜单预览', leads: '打开 {target}',
  },
  export: {
    one: '导出', new: '申请导出', none: '还没有导出', none_hint: '写明用途后申请，另一位总部同事同意后生成。', note: '文件加密保存几天，只有申请人能下载；每一行都写着谁、什么时候、哪次申请', what: '导出什么', kind: { members: '会员名单（隐去姓名和手机号）', audit: '操作记录', bill: '一天的账单' }, reason: '用途', reason_hint: '审批的同事会看到，并写入操作记录', ask: '提交申请', asked: '已提交，等待同意', asked_alone: '已提交，正在生成', from: '入会从', to: '入会到', follows: '关注', follows_of: { all: '全部', yes: '正在关注', no: '没有关注' }, channel: '渠道场景值', anything: '不限',
    state: { waiting: '等待同意', writing: '生成中', ready: '可下载', refused: '未同意', withdrawn: '已撤回', failed: '生成失败', over: '已过期' }, by: '{name} 申请', progress: '{done} / {total} 行', rows: '{count} 行', until: '可下载到 {time}', fetched: '已下载 {count} 次', approve: '同意', approved: '已同意，正在生成', refuse: '不同意', refused: '已拒绝', refuse_means: '写下原因，申请人会看到。', withdraw: '撤回', withdraw_question: '撤回后文件立即删除。确认？', withdrawn: '已撤回', download: '下载', downloaded: '已下载，每一行都有水印', own: '自己的申请由别人同意', decided: '{name} 处理',
  },
  job: { none: '没有失败的任务', none_hint: '后台任务多次重试仍失败时，会停在这里。', attempts: '试了 {count} 次', again: '再跑一次', again_done: '已重新排队' },
  picture: { none: '没有待审核的头像', none_hint: '微信内容安全拿不准时，会请你看一眼。', of: '会员 {member} 的头像', show: '可以展示', refuse: '不展示', shown: '已展示', refused: '已拒绝' },
  reply: {
    note: '按顺序匹配，改动立即生效', none: '还没有规则', none_hint: '先写一条：有人说什么，就回复什么。', new: '新建规则', name: '规则名称', off: '已停用', when: '什么时候', words: '关键词', words_hint: '多个词用顿号或逗号隔开', text: '回复文字', rich: '这条规则的回复不止一段文字，这里只能改触发条件和开关。', priority: '优先级', hand_over: '同时转人工', enabled: '启用', remove: '删除规则', remove_question: '删除后立即不再回复。确认？', removed: '已删除',
    on: { follow: '首次关注', return: '再次关注', exact: '完全等于', contains: '包含', pattern: '正则匹配', menu: '点击菜单', default: '没有其他规则匹配时' }, kind: { text: '文字', image: '图片', voice: '语音', video: '视频', music: '音乐', news: '图文', transfer_customer_service: '转客服' },
  },
  import: {
    one: '导入', new: '导入一份名单', formats: 'CSV（UTF-8 或 GB18030）或 Excel；开始之前不会写入任何会员', origin: '来自哪个系统', origin_hint: '例如 pos、erp；用来区分卡号和客户编号', choose: '选择文件', sending: '上传中…', brought: '已上传', list: '导入记录', none: '还没有导入', none_hint: '选择文件后，先看列的含义，再试跑，最后开始。', rows: '{count} 行',
    state: { reading: '读取中', ready: '待开始', checking: '试跑中', running: '导入中', done: '已完成', undoing: '撤回中', undone: '已撤回', failed: '失败' }, progress: '{done} / {rows} 行', rate: '每秒 {rate} 行', until: '预计 {time} 完成', result: '导入结果', would: '试跑结果', nothing: '没有行发生变化。', row: '第 {row} 行', rejects: '下载被拒的行', match_rate: '匹配率',
    count: { created: '新会员', matched: '已有会员', changed: '资料有变', merged: '合并', repeated: '重复', conflicts: '冲突待裁定', rejected: '被拒' }, columns: '列的含义', columns_hint: '已根据表头和内容猜测，请核对', filled: '{count} 个非空', means: '含义', system: '系统', twice: '有两列是同一个含义：{fields}', save_columns: '确认列的含义', check: '试跑', start: '开始导入', undo: '撤回导入', undo_question: '撤回会恢复资料、断开导入的身份。确认？',
    field: { ignore: '不导入', phone: '手机号', card: '会员卡号', external: '客户编号', name: '姓名', sex: '性别', birthday: '生日', region: '地区', joined_at: '入会时间', store: '门店', tier: '等级', points: '积分' },
    undid: { rows: '撤回的行', links_ended: '断开的身份', links_kept: '保留的身份', fields_restored: '恢复的资料', fields_kept: '之后改过、保留的资料', members_gone: '删除的会员', members_kept: '保留的会员', merges_undone: '撤销的合并' },
  },
}
