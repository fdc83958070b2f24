export const money = {
  payout: {
    one: '打款', none: '还没有打款', none_hint: '红包和转账交给微信后，会出现在这里。', review: '需要核查', review_of: { risk: '微信提示收款人存在风险，请核实后再处理。', mismatch: '同一单号的内容与微信不一致，商户打款已停止。', refused: '微信拒绝了这笔打款：金额、收款人或内容不符合要求。', number: '微信已不接受这个单号，等查询结果决定。', contradiction: '微信的通知与已知结果矛盾，商户打款已停止。', window_closing: '收款期限将到，会员还没有确认收款，可以提醒他。', never_landed: '微信一直查不到这笔，可能从未收到；核对账单后可以关单。' }, code_of: { cut_off: '提交时中断，正在查询', sending: '提交中', other_order: '应答的是另一笔', unreachable: '连不上微信', timeout: '微信没有及时应答', lost: '连接中断', status: '微信应答异常', client_certificate: '商户证书未被接受', throttled: '请求过快', form: '应答无法识别', too_large: '应答过大', signature: '应答签名不对', system: '微信系统繁忙', processing: '微信处理中', code: '不认识的应答码', not_found: '微信查不到', never_landed: '微信从未收到', taken_back: '已收回', mismatch: '与微信不一致', cancel: '撤回', replace: '重新打款', no_merchant: '没有这个商户的密钥' }, steps: '经过', done: '已处理', question: '会写入操作记录。确认？', by: '方式', provider: { red_packet: '公众号红包', mini_red_packet: '小程序红包', transfer: '转账' }, payer: '付款方', out_no: '商户单号', provider_no: '微信单号', code: '最近应答', refunded: '已退回', expires: '到期', settled: '完结',
    state: { created: '待提交', submitting: '提交中', unknown: '结果未知', waiting_user: '待领取', returning: '退回中', paid: '已到账', returned: '已退回', rejected: '被拒绝' }, cause: { order: '下单', answer: '微信应答', query: '查询', notice: '微信通知', cancel: '撤回', staff: '员工', rule: '规则' },
    act: { cancel: '撤回', replace: '重新打款', close: '关单' }, means: { cancel: '对方还没有领取：撤回后预算归还。', replace: '微信已终结且没有付出：换新单号重新打款。', close: '账单证明微信没有这笔：关单后预算归还。' },
  },
  stop: { none: '没有停止', none_hint: '打款正常进行。', do: '停止打款', means: '从现在起，范围内的任何一笔都不再交给微信，已在微信的不受影响。', question: '马上停止。确认？', done: '已停止', lift: '解除', lifted: '已解除', what: '停止范围', scope: { all: '全部', merchant: '商户', campaign: '活动' }, cause: { staff: '员工停止', circuit: '连续失败自动停止', mismatch: '账目不一致自动停止' } },
  proof: {
    from: '从', to: '到', balanced: '全部一致', unbalanced: '有不一致', days: '账单日', days_said: '一致 {balanced} 天，不一致 {different} 天，未知 {unknown} 天', campaigns: '活动账目', campaigns_said: '查了 {count} 个，{wrong} 个不一致', open: '未结差异', settled: '已结差异', case_count: '{count} 笔', in_flight: '微信处理中', points: '积分', points_ok: '全部对得上', points_wrong: '{count} 个账户对不上', budgets: '账目不一致的活动', cases: '差异', unproven: '未对平的账单日',
  },
  reconciliation: {
    one: '账单日', state: { waiting: '等账单', fetching: '取账单中', matching: '核对中', balanced: '一致', different: '不一致', unavailable: '取不到账单' }, kind: { missing_there: '账单里没有', missing_here: '我们没有', amount: '金额不同', refund: '退回不同', state: '状态不同', twice: '重复' }, case: { open: '未结', explained: '已自动消除', settled: '已结' },
    bill: '微信账单', books: '我们的账', other: '账单里的其他业务', side: '{count} 笔，付出 {out}，收回 {back}', difference: '差额 {amount}', settle: '结案', settle_means: '写明差异的原因。全部结案并解除停止后，商户恢复打款。', question: '结案后不能重开。确认？', settled_now: '已结案', again: '重新核对', again_done: '已重新排队', lines: '下载账单明细', no_cases: '没有差异', no_cases_hint: '账单和打款逐笔一致。',
  },
}
