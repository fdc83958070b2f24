export const stores = {
  store: {
    new: '开一家门店', open: '开店', opened: '门店已建立', none: '还没有门店', none_hint: '建立门店后，店员和店长只看到自己门店的会员和会话。', name: '门店名称', code: '门店编号', code_hint: '字母、数字、横线和下划线，之后不能改；导入名单时用它认门店', since: '建立',
    close: '停用门店', close_question: '之后不能再把同事、渠道或会员归到这家门店，原有的保留。确认停用？', closed: '已停用', closed_now: '已停用', closed_means: '不再接收新的同事、渠道和会员，原有的保留。', reopen: '恢复营业', reopened: '已恢复',
    choose: '请选择门店', works: '所在门店', of_channel: '所属门店', none_of_channel: '品牌，不属于门店', home: '归属门店', homeless: '没有归属门店', move: '调整归属门店', move_short: '调整门店', elsewhere: '其他门店的会员', elsewhere_means: '今天可以看到他的卡片和积分，电话保持遮盖；查找已记录。', move_means: '调整后，新门店的同事能看到这位会员，原门店的不再看到。', moved: '已调整归属门店', scope: '看得到谁', scope_all: '全部门店',
  },
}
