export const scan = {
  scan: {
    by_wechat: '用微信登录', by_password: '用密码登录', how: '用微信扫描二维码', qr: '给微信扫描的二维码', number: '手机上会要求输入这个数字：', over: '二维码已失效。', again: '换一个新的', code_hint: '微信已确认。请输入身份验证器显示的 6 位动态码。',
    step: { waiting: '等待扫描，两分钟内有效', scanned: '已扫描，请在手机上输入数字', confirmed: '手机已确认，正在完成…' },
  },
  wechat: {
    title: '微信登录', note: '用自己的微信扫码登录，代替密码；两步验证照旧', is_on: '已绑定', is_on_hint: '登录页可以用微信扫码。', is_off_hint: '绑定后，登录时用手机微信扫码即可。先输入当前密码，再用自己的微信扫码。', link: '绑定微信', linked: '已绑定，以后可以用微信登录', unlink: '解除绑定', unlink_question: '以后要用密码登录。确认解除绑定？', unlinked: '已解除绑定',
  },
}
