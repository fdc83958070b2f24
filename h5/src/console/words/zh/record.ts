export const record = {
  record: {
    one: '一次操作', whose: '谁的操作', everybody: '所有人', none: '还没有操作', none_hint: '同事每次新建、修改或删除，都会记在这里；只是查看列表不会。', download: '导出全部记录',
    check: '记录是否完整', check_note: '每一条都与上一条相扣，改动、删除或插入都会被发现', check_hint: '系统每晚自动核对一次，也可以现在核对。', check_now: '现在核对', whole: '记录完整，共 {count} 条，没有被改动', keep: '把这串摘要保存在别处，以后可以证明之前的记录没有被删改：', broken: '从第 {place} 条起，记录被改动过或有缺失', broken_hint: '请立即联系负责安全的同事，并保留数据库和日志。最后一条的摘要：',
    outcome: { done: '已完成', refused: '被拒绝', failed: '出错', open: '没有应答' }, outcome_means: { done: '操作已生效。', refused: '系统没有接受，什么都没有改变。', failed: '系统出错，可能没有生效。', open: '开始之后没有记下结果：可能还在进行，也可能中途断开。' },
    who: '谁', path: '调用', request: '请求编号', took: '用时', open: '打开相关页面', before: '操作之前记下', after: '操作之后记下', place: '第几条', at: '时间', status: '应答', no_before: '登录只在成功后记一条；其他操作的这一条在更早的记录里。', no_after: '还没有这一条。',
    thing: {
      accounts: '公众号菜单', canned_replies: '常用回复', exports: '导出', campaigns: '奖励活动', channels: '渠道', conflicts: '身份冲突', conversations: '会话', followers: '粉丝', imports: '导入', jobs: '后台任务', me: '自己的账号', member_attributes: '会员属性定义', members: '会员', merges: '会员合并', orders: '订单', payout_stops: '打款停止', payouts: '打款', pictures: '头像', points: '积分账', poster_pictures: '海报底图',
      reconciliation_cases: '账单差异', reconciliations: '账单日', referral_alerts: '风控预警', referral_programs: '邀请活动', referrals: '邀请', reply_rules: '自动回复', reward_blocks: '暂停发奖', scans: '扫码登录', sessions: '账号', share_campaigns: '分享活动', stores: '门店', staff: '同事', wording_checks: '文案检查',
    },
    deed: {
      menu_apply: '发布', menu_try: '试看', order: '排序', file: '下载', refuse: '不同意', rejects: '下载被拒的行', new: '新建', change: '修改', remove: '删除', approve: '审批', run: '启动', pause: '暂停', end: '结束', kill: '紧急停止', qr: '生成二维码', decision: '裁定', messages: '回复', pictures: '回复图片', read: '标为已读', state: '转人工或机器人', sync: '同步', check: '核对', mapping: '确认列的含义', start: '开始', undo: '撤销', run_again: '再跑一次',
      password: '换密码', session: '登录', wechat: '申请绑定微信', wechat_confirm: '绑定微信', remove_wechat: '解除微信绑定', second_factor: '设置两步验证', second_factor_confirm: '开启两步验证', second_factor_remove: '关闭两步验证', remove_second_factor: '移除两步验证', remove_sessions: '退出其他设备', sign_in: '登录', remove_current: '退出', look_up: '查找', erasures: '登记删除', remove_erasures: '撤回删除登记', exports: '生成副本', exports_file: '下载副本',
      points_check: '核对积分', points_corrections: '调整积分', reveal: '查看被遮盖的信息', split: '拆出身份', values: '修改属性', store: '调整归属门店', refunds: '登记退款', lift: '解除', cancel: '撤回', close: '关单', replace: '重新打款', settle: '结案', reject: '驳回', release: '放行', proof: '复核',
    },
  },
}
