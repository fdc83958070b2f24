export const more = {
  more: {
    group: { content: '资料与内容', money: '资金', system: '系统' }, me: '我', sign_out: '退出登录', replies: '自动回复', pictures: '头像审核', imports: '导入会员', proof: '资金对账', payouts: '打款记录', stops: '打款停止', conflicts: '身份冲突', jobs: '后台任务', staff: '同事', record: '操作记录', channels: '渠道与二维码',
    about: { replies: '关键词、关注和菜单的回复', pictures: '微信拿不准的头像', imports: '从 Excel 或 CSV 导入，可撤回', proof: '预算、打款、账单、积分是否一致', payouts: '每一笔钱走到哪一步', stops: '紧急停止与解除', conflicts: '等待裁定的身份证据', jobs: '失败后可以再跑一次', staff: '谁能登录、能做什么', record: '谁在什么时候做了什么', channels: '门店、员工和广告的码，带来多少人' },
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
