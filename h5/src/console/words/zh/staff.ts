export const staff = {
  staff: {
    new: '添加同事', add: '添加', added: '已添加', tell: '请把登录名和密码告诉同事；密码只显示这一次，首次登录后请他自己修改。', none: '这里没有人', none_hint: '换一个筛选，或添加一位同事。', all: '全部', locked: '已停用', self: '我', name: '姓名', role: '角色', since: '加入', on: '已开启', off: '未开启', factor_on: '两步验证已开启', factor_off: '只用密码',
    login_hint: '小写字母、数字、点、横线和下划线，之后不能改', first_password: '初始密码', password_hint: '至少 10 个字符，不含登录名', fresh: '生成一个', not_yourself: '不能改自己的角色，也不能停用自己。',
    means: { clerk: '回复本店会话，接待到店会员。', manager: '还能看本店会员，编写活动，紧急停止。', headquarters: '全部权限：审批、资金、同事、操作记录。' },
    wrong: { login_signs: '只能用小写字母、数字、点、横线和下划线，2 到 64 个', name: '1 到 40 个字', short: '至少 10 个字符', login: '不能包含登录名' },
    reset: '重设密码', reset_hint: '忘记密码，或要让他在所有设备上退出时使用', reset_question: '他会在所有设备上退出，用新密码登录。确认重设？', reset_done: '已重设，他在所有设备上已退出', sign_out: '在所有设备上退出', sign_out_question: '他要重新登录才能继续，密码不变。确认让他退出？', signed_out: '他在所有设备上已退出', remove_factor: '移除两步验证', remove_factor_question: '只用密码就能登录了。确认本人丢失了验证器？', factor_removed: '已移除两步验证', wechat_off: '未绑定', unlink: '解除微信绑定', unlink_question: '他以后要用密码登录。确认解除绑定？',
    lock: '停用', lock_question: '他会马上在所有设备上退出，不能再登录。确认停用？', locked_now: '已停用，他在所有设备上已退出', is_locked: '已停用', locked_means: '不能登录；他做过的事仍在记录里。', unlock: '恢复登录', unlocked_now: '已恢复', deeds: '看他做过什么',
  },
  account: {
    title: '我的账号', note: '密码、两步验证和登录的设备', password_note: '修改后，其他设备会退出', old: '当前密码', wrong_old: '当前密码不对', wrong_code: '动态码不对，或者已经用过，请等下一个', new: '新密码', again: '再输一遍新密码', differs: '两次输入不一样', change: '修改密码', changed: '已修改，其他设备已退出',
    factor: '两步验证', factor_note: '登录时除了密码，还要手机上的动态码', is_on: '已开启', is_on_hint: '登录时需要身份验证器的动态码。', is_off: '还没有开启', is_off_hint: '开启后，就算密码泄露，别人也登录不了你的账号。', begin: '开启两步验证', scan: '1. 用手机上的身份验证器扫码：', qr: '身份验证器的二维码', type_it: '扫不了就手动输入密钥：', first_code: '2. 验证器显示的 6 位动态码', code_hint: '每半分钟换一个，每个只能用一次', confirm: '确认开启', factor_on: '已开启两步验证',
    last_code: '要关闭，先输入现在的动态码', remove: '关闭两步验证', remove_question: '以后只用密码就能登录。确认关闭？', factor_off: '已关闭两步验证', sessions: '登录的设备', sessions_note: '不认识的就让它退出，再改密码', this_one: '这台设备', until: '有效期至', end: '退出', ended: '已退出那台设备',
  },
}
