/** Words that every front end uses. */
export const zh = {
  back: '返回',
  cancel: '取消',
  figures: '查看数据',
  close: '关闭',
  copied: '已复制',
  copy: '复制',
  loading: '加载中',
  more: '加载更多',
  nothing: '（空）',
  retry: '重试',
  save: '保存',
  saved: '已保存',
  language: '语言',
  theme: { label: '外观', auto: '跟随系统', light: '浅色', dark: '深色' },
}
