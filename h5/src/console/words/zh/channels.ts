export const channels = {
  channel: {
    one: '渠道', new: '新建渠道', make: '建立', made: '已建立', none: '还没有渠道', none_hint: '给每家门店、每位店员、每个广告一个自己的码，就知道人从哪里来。', name: '名称', name_hint: '例如门店、店员或广告的名字', kind_label: '类型', kind: { store: '门店', staff: '员工', advertising: '广告' }, scene: '场景值', by: '建立',
    brought: '带来多少人', last_days: '近 {count} 天', scans: '扫码', follows: '关注', stays: '关注满 7 天', registers: '注册', converts: '首次购买', either: '首触 {first}，末触 {last}', either_hint: '首触：第一次接触来自这个渠道；末触：行动前最后一次接触来自这个渠道。', day: '日期', best: '{day}带来的关注最多', no_follows: '有人扫码，还没有人关注', nothing: '还没有带来人', nothing_hint: '把码打印出来，有人扫过后这里显示每天的人数。',
    qr: '公众号二维码', qr_note: '永久有效，可以印刷；每个公众号最多 10 万个', account: '公众号', qr_show: '显示二维码', qr_of: '{name}的公众号二维码', download: '下载图片', downloaded: '已下载', mini: '小程序码', mini_note: '扫码打开小程序的页面', mini_account: '小程序', page_hint: '须是已发布的页面', mini_show: '显示小程序码', mini_of: '{name}的小程序码',
  },
}
