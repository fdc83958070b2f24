export const scan = {
  scan: {
    by_wechat: 'Sign in with WeChat', by_password: 'Sign in with the password', how: 'Scan this with WeChat', qr: 'QR code for WeChat', number: 'Your phone asks for this number:', over: 'This code is over.', again: 'New code', code_hint: 'WeChat has agreed. Enter the six digits that your authenticator shows.',
    step: { waiting: 'Waiting for your phone; good for two minutes', scanned: 'Scanned: enter the number on your phone', confirmed: 'Your phone has agreed, one moment …' },
  },
  wechat: {
    title: 'Sign-in with WeChat', note: 'Your own WeChat in the place of the password; a second factor stays', is_on: 'Linked', is_on_hint: 'You can sign in by scanning with WeChat.', is_off_hint: 'Once it is linked, you sign in by scanning with WeChat. Enter your present password, then scan the code with your own WeChat.', link: 'Link WeChat', linked: 'Linked: you can sign in with WeChat', unlink: 'Unlink', unlink_question: 'Signing in takes the password then. Unlink?', unlinked: 'Unlinked',
  },
}
