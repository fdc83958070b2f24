export const today = {
  today: {
    hello: { morning: '早上好，{name}', noon: '中午好，{name}', afternoon: '下午好，{name}', evening: '晚上好，{name}' }, needs: '需要我处理', nothing: '都处理好了', nothing_hint: '有新的待办时，会出现在这里。',
    need: { chats: '未读会话', approvals: '待审批的活动', alerts: '风控预警', conflicts: '身份冲突', review: '待核查的打款', mismatches: '账单不一致', stops: '打款已停止', pictures: '待审核的头像', exports: '待同意的导出', jobs: '失败的后台任务' },
    about: { chats: '有人在等回复', approvals: '审批后才会动用预算', alerts: '奖励已留住，等你放行或驳回', conflicts: '互相矛盾的身份证据', review: '微信的结果不明确', mismatches: '微信账单与打款对不上', stops: '停止期间不会付出任何一分钱', pictures: '微信拿不准，需要人看一眼', exports: '要另一位总部同事同意才会生成', jobs: '重试多次仍未成功' },
    figures: '今天', figures_note: '近 7 天走势', figure: { members: '新会员', followers: '新粉丝', grants: '奖励发放', referrals: '新邀请' }, trend: '{what}近 7 天：{values}', against: '较昨天 {delta}',
  },
}
