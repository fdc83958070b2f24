export const identities = {
  identity: {
    title: '身份', choose: '选中误认的身份，可以拆出去', current: '联系电话', history: '变更记录', kind: { open_id: '微信', union_id: 'UnionID', card: '会员卡', external: '外部编号', partner: '合作方', phone: '手机号' },
    source: { person: '本人填写', import: '导入', partner: '合作方', staff: '员工', follower: '关注', mini_login: '小程序登录', web_oauth: '网页授权', wechat_phone: '微信手机号' }, strength: { asserted: '自述', imported: '导入资料', staff: '员工核实', wechat: '微信核实' },
    why: { claimed: '新增身份', strengthened: '核实升级', merged: '合并带入', unmerged: '撤销合并带回', recycled: '号码已换人', outranked: '让位于更可靠的身份', split: '拆分', decided: '员工裁定', taken_back: '撤回导入', erased: '已删除' },
  },
  split: { take_out: '拆出 {count} 项', title: '拆出身份', what: '选中的 {count} 项身份将移到一个新会员名下，之后可以再移回来。', do: '拆出', question: '拆出后，这些身份属于新会员。确认拆出？', done: '已拆出' },
  merge: {
    with: '合并会员', whom: '和谁合并', whom_hint: '查找另一位会员', other: '换一个人', title: '合并记录', one: '合并', do: '合并', done: '已合并', what: '{loser} 将并入 {winner}，可以撤销。', line: '{loser} 并入 {winner}', at: '合并时间', open_winner: '查看合并后的会员', open_loser: '查看恢复的会员',
    stays: '保留', becomes_name: '并入', swap: '互换', met: '首次遇见', no_identities: '没有身份', moves: '会移动什么', nothing_moves: '没有数据需要移动。', rows: '{count} 条', decisions: '两边都有时，取哪一个', can_be_undone: '合并可以撤销：两人恢复为各自的会员，之后新增的记录留在保留的一方。',
    undo: '撤销合并', undo_what: '两人恢复为各自的会员；除非员工再次合并，他们会一直分开。', undo_question: '撤销后两人分开。确认撤销？', undone: '已撤销', undone_now: '已撤销合并', cause: { rule: '系统规则', staff: '员工' }, chosen: { winner: '取保留方', loser: '取并入方', both: '两者都留' },
    report: { returned: '已恢复', stayed: '留在保留方（合并后新增）', stuck: '没能恢复' }, stuck_why: { gone: '已不存在', owner_changed: '已归他人', changed: '之后有变动' },
    table: { share_visit: '分享访问', share_reward: '分享奖励', share_link: '分享链接', channel_person: '渠道来访', identity: '身份', member: '会员', member_profile: '资料', member_value: '属性', member_consent: '授权', member_access: '查阅记录', member_erasure: '删除登记', member_export: '数据副本', member_picture: '头像', member_standing: '邀请排名', member_reward_counter: '领取次数', session: '登录', wechat_session: '微信会话', staff_wechat: '员工的微信登录', conflict: '冲突', merge_move: '合并记录', follower: '粉丝', conversation: '会话', message: '消息', push: '微信推送', permit: '订阅许可', reach_message: '触达', reach_window: '会话窗口', delivery: '发送记录', points_account: '积分账户', points_lot: '积分批次', points_entry: '积分明细', points_draw: '积分使用', points_counter: '积分次数', points_difference: '积分差异', reward_grant: '奖励', reward_block: '暂停发放', payout: '打款', referral: '邀请', referral_code: '邀请码', referral_reward: '邀请奖励', referral_appeal: '邀请申诉', purchase: '订单', touch: '触点', behaviour: '行为', event: '事件', import_row: '导入的行', job: '后台任务', idempotency_key: '请求记录' },
    field: { count: '次数', code: '邀请码', store: '归属门店', id: '会员号', phone: '联系电话', name: '姓名', nickname: '昵称', sex: '性别', birthday: '生日', region: '地区', language: '语言', avatar: '头像', joined_at: '入会时间', joined_by: '入会方式' }, because: { survivor: '保留方优先', proved_best: '核实得更可靠', staff: '员工填写', imported: '导入', older: '更早', newer: '更新', stronger: '更可靠', only: '只有一方有', sum: '相加', earlier: '更早', later: '更晚' },
  },
  conflict: {
    title: '身份冲突', filter: '状态', none: '没有冲突', none_hint: '出现互相矛盾的身份证据时，会在这里等你裁定。', seen: '出现 {count} 次', choose: '选择一个冲突', choose_hint: '左边是等待裁定的冲突，点开看两边的证据。', evidence: '证据', source: '来源', first: '首次出现', last: '最近出现', note: '裁定说明', came: '带来证据的人', would_join: '证据指向的人', decide: '确认裁定', decided: '已裁定',
    kind: { two_phones: '两个手机号', other_union_id: 'UnionID 不同', recycled_number: '号码可能已换人', different_people: '像是两个人', separated: '曾被分开' }, state: { open: '待裁定', merged: '已合并', kept_apart: '保持分开', moved: '号码已转移' },
    means: { two_phones: '同一个人名下出现了两个核实过的手机号。', other_union_id: '微信给出了不同的 UnionID，说明可能不是同一个人。', recycled_number: '这个手机号换了微信，可能已被运营商重新放号。', different_people: '资料差异较大，可能不是同一个人。', separated: '员工曾把两人分开，系统不会自动再合并。' },
    choice: { merge: '是同一人，合并', keep_apart: '不是同一人', move_number: '号码已换人，转移' }, choice_means: { merge: '两人合并为一位会员，可以撤销。', keep_apart: '两人保持分开，同样的证据不再提醒。', move_number: '号码归新的人，旧会员不再持有它。' },
  },
}
