//! Events: what happened around an account, as WeChat tells it (protocol sections 2.2 and 2.3).

mod authorization;
mod job;
mod media_check;
mod menu;
mod notice;
mod subscription;

use entity::types::OpenId;

pub use authorization::Authorization;
pub use job::{ArticleUrl, CopyrightCheck, MassJob, MassOutcome, Publication, PublishStatus, TemplateOutcome};
pub use media_check::{MediaCheck, Verdict};
pub use menu::{Place, Scancode};
pub use notice::{AccountNotice, CardNotice, GuideScan, MiniNotice};
pub use subscription::{Answer, Choice, Sent};

use super::{
    Coordinates, Revoked,
    tree::{Fields, Unreadable},
};

/// What happened. Names are compared without regard to case.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// 关注: somebody follows the account, for the first time or again.
    Subscribe {
        /// The scene of the QR code that led here, without `qrscene_`.
        scene: Option<String>,
        /// The ticket of that QR code.
        ticket: Option<String>,
        /// The payment after which WeChat offered to follow.
        last_trade: Option<String>,
    },
    /// 取消关注: no reply is possible any more.
    Unsubscribe,
    /// 扫描带参数二维码: a follower scanned a QR code of ours.
    Scan {
        /// The scene of the QR code.
        scene: String,
        /// The ticket of the QR code.
        ticket: Option<String>,
    },
    /// 上报地理位置: somebody who agreed to it opened the chat.
    Location {
        /// Where.
        at: Coordinates,
        /// Metres.
        precision: Option<f64>,
    },
    /// 点击菜单拉取消息
    Click {
        /// The key of the menu item.
        key: String,
    },
    /// 点击菜单跳转链接
    View {
        /// Where it leads.
        url: String,
        /// The menu, when it is a personalised one.
        menu_id: Option<String>,
    },
    /// 点击菜单跳转小程序
    ViewMiniProgram {
        /// The page of the mini program.
        path: String,
        /// The menu, when it is a personalised one.
        menu_id: Option<String>,
    },
    /// 扫码推事件
    ScancodePush(Scancode),
    /// 扫码推事件且弹出“消息接收中”提示框: somebody waits for an answer.
    ScancodeWaitmsg(Scancode),
    /// 弹出系统拍照发图; the pictures follow as image messages.
    PicSysphoto {
        /// The key of the menu item.
        key: String,
        /// The MD5 sums of the pictures.
        pictures: Vec<String>,
    },
    /// 弹出拍照或者相册发图
    PicPhotoOrAlbum {
        /// The key of the menu item.
        key: String,
        /// The MD5 sums of the pictures.
        pictures: Vec<String>,
    },
    /// 弹出微信相册发图器
    PicWeixin {
        /// The key of the menu item.
        key: String,
        /// The MD5 sums of the pictures.
        pictures: Vec<String>,
    },
    /// 弹出地理位置选择器
    LocationSelect {
        /// The key of the menu item.
        key: String,
        /// What was picked.
        place: Place,
    },
    /// 模板消息发送结果
    TemplateSendJobFinish {
        /// The id that the send call gave.
        msg_id: u64,
        /// How it ended.
        outcome: TemplateOutcome,
    },
    /// 群发结果
    MassSendJobFinish(MassJob),
    /// 发布结果; also spelt `FREEPUBLISHJOBFINISH`.
    PublishJobFinish(Publication),
    /// 订阅通知: somebody answered a subscription dialog.
    SubscribeMsgPopup(Vec<Choice>),
    /// 订阅通知: somebody changed a subscription in the settings.
    SubscribeMsgChange(Vec<Choice>),
    /// 订阅通知: what became of messages that we sent.
    SubscribeMsgSent(Vec<Sent>),
    /// 用户资料变更: the platform removed somebody's risky name or picture; ours must go, too.
    UserInfoModified(Authorization),
    /// 用户撤回授权: the named data must be deleted.
    UserAuthorizationRevoke {
        /// Whose.
        authorization: Authorization,
        /// What must be deleted.
        revoked: Vec<Revoked>,
    },
    /// 用户注销: somebody deleted their WeChat account.
    UserAuthorizationCancellation(Authorization),
    /// 客服接入会话
    KfCreateSession {
        /// The agent.
        account: String,
    },
    /// 客服关闭会话
    KfCloseSession {
        /// The agent.
        account: String,
    },
    /// 客服转接会话
    KfSwitchSession {
        /// The agent before.
        from: String,
        /// The agent now.
        to: String,
    },
    /// 扫顾问二维码
    GuideQrcodeScan(GuideScan),
    /// 微信卡券
    Card {
        /// What happened to it.
        notice: CardNotice,
        /// The kind of card.
        card_id: Option<String>,
        /// The one card of this person.
        code: Option<String>,
        /// Where the card was handed out, in our own words.
        outer: Option<String>,
    },
    /// 认证与年审: a notice about the account itself, for staff.
    AccountNotice {
        /// Which.
        notice: AccountNotice,
        /// Unix seconds.
        expired: Option<i64>,
        /// Why it failed.
        reason: Option<String>,
    },
    /// 进入客服会话: somebody opened the mini program's customer service.
    UserEnterTempSession {
        /// What the page passed along.
        session_from: Option<String>,
    },
    /// 音视频内容安全识别结果
    WxaMediaCheck(MediaCheck),
    /// 小程序审核与合规通知: a notice about the mini program itself, for staff.
    MiniNotice(MiniNotice),
    /// 发货信息管理: reminders about orders that were paid and not shipped.
    TradeReminder,
    /// 发货信息管理: an order will be or was settled.
    TradeSettlement,
    /// An event that did not exist when this was written: kept raw and acknowledged (protocol section 1.7, item 7).
    Unknown {
        /// Its name, lower case, at most 64 characters of `[a-z0-9_-]`.
        name: String,
    },
}

impl Event {
    pub(super) fn read(fields: &Fields, from: &OpenId) -> Result<Self, Unreadable> {
        let key = || fields.text("EventKey");
        let optional = |name| fields.some_text(&[name]);
        let name = fields.text("Event")?.trim().to_ascii_lowercase();
        Ok(match name.as_str() {
            "subscribe" => {
                let key = fields.some_text(&["EventKey"])?.unwrap_or_default();
                Self::Subscribe {
                    scene: key.strip_prefix("qrscene_").map(str::to_owned),
                    ticket: optional("Ticket")?,
                    last_trade: key.strip_prefix("last_trade_no_").map(str::to_owned),
                }
            }
            "unsubscribe" => Self::Unsubscribe,
            "scan" => Self::Scan { scene: key()?, ticket: optional("Ticket")? },
            "location" => Self::Location {
                at: Coordinates::read(fields, "Latitude", "Longitude")?,
                precision: fields.some_value(&["Precision"])?,
            },
            "click" => Self::Click { key: key()? },
            "view" => Self::View { url: key()?, menu_id: optional("MenuId")? },
            "view_miniprogram" => Self::ViewMiniProgram { path: key()?, menu_id: optional("MenuId")? },
            "scancode_push" => Self::ScancodePush(Scancode::read(fields)?),
            "scancode_waitmsg" => Self::ScancodeWaitmsg(Scancode::read(fields)?),
            "pic_sysphoto" => Self::PicSysphoto { key: key()?, pictures: menu::pictures(fields)? },
            "pic_photo_or_album" => Self::PicPhotoOrAlbum { key: key()?, pictures: menu::pictures(fields)? },
            "pic_weixin" => Self::PicWeixin { key: key()?, pictures: menu::pictures(fields)? },
            "location_select" => Self::LocationSelect { key: key()?, place: Place::read(fields)? },
            "templatesendjobfinish" => Self::TemplateSendJobFinish {
                msg_id: fields.value(&["MsgID", "MsgId"])?,
                outcome: TemplateOutcome::from(fields.text("Status")?.as_str()),
            },
            "masssendjobfinish" => Self::MassSendJobFinish(MassJob::read(fields)?),
            "publishjobfinish" | "freepublishjobfinish" => Self::PublishJobFinish(Publication::read(fields)?),
            "subscribe_msg_popup_event" => {
                Self::SubscribeMsgPopup(subscription::read(fields, "SubscribeMsgPopupEvent", Choice::read)?)
            }
            "subscribe_msg_change_event" => {
                Self::SubscribeMsgChange(subscription::read(fields, "SubscribeMsgChangeEvent", Choice::read)?)
            }
            "subscribe_msg_sent_event" => {
                Self::SubscribeMsgSent(subscription::read(fields, "SubscribeMsgSentEvent", Sent::read)?)
            }
            "user_info_modified" => Self::UserInfoModified(Authorization::read(fields, from)?),
            "user_authorization_revoke" => Self::UserAuthorizationRevoke {
                authorization: Authorization::read(fields, from)?,
                revoked: fields.text("RevokeInfo")?.split(',').map(Revoked::from).collect(),
            },
            "user_authorization_cancellation" => {
                Self::UserAuthorizationCancellation(Authorization::read(fields, from)?)
            }
            "kf_create_session" => Self::KfCreateSession { account: fields.text("KfAccount")? },
            "kf_close_session" => Self::KfCloseSession { account: fields.text("KfAccount")? },
            "kf_switch_session" => {
                Self::KfSwitchSession { from: fields.text("FromKfAccount")?, to: fields.text("ToKfAccount")? }
            }
            "guide_qrcode_scan_event" => Self::GuideQrcodeScan(GuideScan::read(fields)?),
            "user_enter_tempsession" => Self::UserEnterTempSession { session_from: optional("SessionFrom")? },
            "wxa_media_check" => Self::WxaMediaCheck(MediaCheck::read(fields)?),
            "trade_manage_order_settlement" => Self::TradeSettlement,
            name if name.starts_with("trade_manage_remind_") => Self::TradeReminder,
            name => return Self::read_notice(name, fields),
        })
    }

    /// The families of events that differ by name only.
    fn read_notice(name: &str, fields: &Fields) -> Result<Self, Unreadable> {
        Ok(if let Some(notice) = CardNotice::named(name) {
            Self::Card {
                notice,
                card_id: fields.some_text(&["CardId"])?,
                code: fields.some_text(&["UserCardCode"])?,
                outer: fields.some_text(&["OuterStr"])?,
            }
        } else if let Some(notice) = AccountNotice::named(name) {
            Self::AccountNotice {
                notice,
                expired: fields.some_value(&["ExpiredTime"])?,
                reason: fields.some_text(&["FailReason"])?,
            }
        } else if let Some(notice) = MiniNotice::named(name) {
            Self::MiniNotice(notice)
        } else {
            Self::Unknown { name: foreign_name(name) }
        })
    }

    /// See [`Push::kind`](super::Push::kind).
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Subscribe { .. } => "event:subscribe",
            Self::Unsubscribe => "event:unsubscribe",
            Self::Scan { .. } => "event:scan",
            Self::Location { .. } => "event:location",
            Self::Click { .. } => "event:click",
            Self::View { .. } => "event:view",
            Self::ViewMiniProgram { .. } => "event:view_miniprogram",
            Self::ScancodePush(_) => "event:scancode_push",
            Self::ScancodeWaitmsg(_) => "event:scancode_waitmsg",
            Self::PicSysphoto { .. } => "event:pic_sysphoto",
            Self::PicPhotoOrAlbum { .. } => "event:pic_photo_or_album",
            Self::PicWeixin { .. } => "event:pic_weixin",
            Self::LocationSelect { .. } => "event:location_select",
            Self::TemplateSendJobFinish { .. } => "event:templatesendjobfinish",
            Self::MassSendJobFinish(_) => "event:masssendjobfinish",
            Self::PublishJobFinish(_) => "event:publishjobfinish",
            Self::SubscribeMsgPopup(_) => "event:subscribe_msg_popup_event",
            Self::SubscribeMsgChange(_) => "event:subscribe_msg_change_event",
            Self::SubscribeMsgSent(_) => "event:subscribe_msg_sent_event",
            Self::UserInfoModified(_) => "event:user_info_modified",
            Self::UserAuthorizationRevoke { .. } => "event:user_authorization_revoke",
            Self::UserAuthorizationCancellation(_) => "event:user_authorization_cancellation",
            Self::KfCreateSession { .. } => "event:kf_create_session",
            Self::KfCloseSession { .. } => "event:kf_close_session",
            Self::KfSwitchSession { .. } => "event:kf_switch_session",
            Self::GuideQrcodeScan(_) => "event:guide_qrcode_scan_event",
            Self::Card { notice, .. } => notice.kind(),
            Self::AccountNotice { notice, .. } => notice.kind(),
            Self::UserEnterTempSession { .. } => "event:user_enter_tempsession",
            Self::WxaMediaCheck(_) => "event:wxa_media_check",
            Self::MiniNotice(notice) => notice.kind(),
            Self::TradeReminder => "event:trade_manage_remind",
            Self::TradeSettlement => "event:trade_manage_order_settlement",
            Self::Unknown { .. } => "event:unknown",
        }
    }
}

/// A name from outside in a form that can stand anywhere: lower case, at most 64 characters of `[a-z0-9_-]`.
pub(super) fn foreign_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' };
    name.chars().take(64).map(plain).collect()
}
