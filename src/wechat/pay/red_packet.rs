//! Cash red packets (现金红包, pay section 2) and mini-program red packets: requests, what they may hold, answers.

use entity::types::{Fen, OpenId};
use serde::{Deserialize, Serialize};

use super::{
    number::{Broken, Checks, OutNo},
    settings::RedPackets,
};
use crate::infra::clock::Time;

/// Why a packet is outside 1 to 200 yuan (pay section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SceneId {
    /// 商品促销 goods promotion.
    #[serde(rename = "PRODUCT_1")]
    Promotion,
    /// 抽奖 lottery.
    #[serde(rename = "PRODUCT_2")]
    Lottery,
    /// 虚拟物品兑奖 redemption of virtual goods.
    #[serde(rename = "PRODUCT_3")]
    VirtualGoods,
    /// 企业内部福利 benefit for staff.
    #[serde(rename = "PRODUCT_4")]
    StaffBenefit,
    /// 渠道分润 commission of a channel.
    #[serde(rename = "PRODUCT_5")]
    Commission,
    /// 保险回馈 return of an insurance.
    #[serde(rename = "PRODUCT_6")]
    Insurance,
    /// 彩票派奖 prize of a lottery ticket.
    #[serde(rename = "PRODUCT_7")]
    LotteryTicket,
    /// 税务刮奖 lottery of tax invoices.
    #[serde(rename = "PRODUCT_8")]
    TaxInvoice,
}

impl SceneId {
    pub(super) fn as_wire(self) -> &'static str {
        match self {
            Self::Promotion => "PRODUCT_1",
            Self::Lottery => "PRODUCT_2",
            Self::VirtualGoods => "PRODUCT_3",
            Self::StaffBenefit => "PRODUCT_4",
            Self::Commission => "PRODUCT_5",
            Self::Insurance => "PRODUCT_6",
            Self::LotteryTicket => "PRODUCT_7",
            Self::TaxInvoice => "PRODUCT_8",
        }
    }
}

/// A red packet before it is checked. Only business fields: they never change between two tries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRedPacket {
    /// Our number.
    pub number: OutNo,
    /// The official account (or mini program) by which the person is known; bound to the merchant.
    pub appid: String,
    /// The person, as that account sees them.
    pub open_id: OpenId,
    /// How much.
    pub amount: Fen,
    /// Who sends it, at most 32 bytes: ten Chinese characters.
    pub send_name: String,
    /// What is wished, at most 128 bytes.
    pub wishing: String,
    /// What the activity is called, at most 32 bytes.
    pub act_name: String,
    /// A remark, at most 256 bytes.
    pub remark: String,
    /// Needed below 1 and above 200 yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<SceneId>,
    /// `posttime=…&mobile=…&deviceid=…&clientversion=…`, percent-encoded; personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_info: Option<RiskInfo>,
}

/// What WeChat Pay's risk control is told of a person. It prints masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RiskInfo(pub String);

impl std::fmt::Debug for RiskInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RiskInfo(…)")
    }
}

/// A red packet that breaks no rule that is the same for everybody. Stored as the JSON of [`NewRedPacket`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NewRedPacket", into = "NewRedPacket")]
pub struct RedPacket(NewRedPacket);

impl TryFrom<NewRedPacket> for RedPacket {
    type Error = Broken;

    fn try_from(new: NewRedPacket) -> Result<Self, Broken> {
        let mut checks = Checks::default();
        checks.bytes("appid", &new.appid, 32);
        checks.rule(new.open_id.as_str().len() <= 32, "open_id", "must have at most 32 characters");
        checks.rule(new.amount > Fen::ZERO, "amount", "must be more than nothing");
        let usual = (Fen::from(100)..=Fen::from(20_000)).contains(&new.amount);
        checks.rule(usual || new.scene.is_some(), "scene", "is needed below 1 and above 200 yuan");
        checks.bytes("send_name", &new.send_name, 32);
        checks.bytes("wishing", &new.wishing, 128);
        checks.bytes("act_name", &new.act_name, 32);
        checks.bytes("remark", &new.remark, 256);
        if let Some(RiskInfo(risk)) = &new.risk_info {
            checks.bytes("risk_info", risk, 128);
            checks.rule(risk.is_ascii(), "risk_info", "must be percent-encoded");
        }
        checks.end().map(|()| Self(new))
    }
}

impl From<RedPacket> for NewRedPacket {
    fn from(packet: RedPacket) -> Self {
        packet.0
    }
}

impl RedPacket {
    /// Its fields.
    pub fn fields(&self) -> &NewRedPacket {
        &self.0
    }

    /// What the merchant's own settings allow.
    pub(super) fn check<'a>(
        &self,
        settings: &RedPackets,
        mut apps: impl Iterator<Item = &'a String>,
    ) -> Result<(), Broken> {
        let mut checks = Checks::default();
        checks.rule(apps.any(|appid| *appid == self.0.appid), "appid", "is not bound to the merchant");
        if let Some(scene) = self.0.scene {
            checks.rule(settings.scenes.contains(&scene), "scene", "is not opened for the merchant");
            let fits = (settings.least..=settings.most).contains(&self.0.amount);
            checks.rule(fits, "amount", format!("must be {} to {} yuan", settings.least, settings.most));
        }
        checks.end()
    }
}

/// A packet was accepted: it is on its way, not yet received (pay section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRedPacket {
    /// WeChat Pay's number: opaque, at most 32 characters.
    pub send_listid: Option<String>,
}

/// A mini-program packet was made; the person opens it with the parameters of its package (pay section 2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentMiniRedPacket {
    /// WeChat Pay's number.
    pub send_listid: Option<String>,
    /// What opens it.
    pub package: Package,
}

/// The text that opens a mini-program packet: as good as money, so it prints masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Package(pub String);

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Package(…)")
    }
}

/// What a packet has come to (pay section 2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedPacketState {
    /// Being sent. With a reason it will mostly fail, up to a day later; not before the state says so.
    Sending,
    /// Waiting for the person, 24 hours at most.
    Sent,
    /// The person took it.
    Received,
    /// Not sent: a new number is allowed.
    Failed,
    /// Nobody took it; the money is on its way back. WeChat Pay writes `RFUND_ING`.
    Refunding,
    /// The money is back.
    Refunded,
}

impl RedPacketState {
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "SENDING" => Self::Sending,
            "SENT" => Self::Sent,
            "RECEIVED" => Self::Received,
            "FAILED" => Self::Failed,
            "RFUND_ING" => Self::Refunding,
            "REFUND" => Self::Refunded,
            _ => return None,
        })
    }
}

/// The answer to a query (pay section 2.5). Whatever may be missing was seen missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedPacketDetail {
    /// Our number.
    pub number: OutNo,
    /// WeChat Pay's number: the same as `send_listid`.
    pub detail_id: Option<String>,
    /// What it has come to.
    pub state: RedPacketState,
    /// How much.
    pub amount: Option<Fen>,
    /// Why it fails, or will: balance, limits, risk.
    pub reason: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Time>,
    /// When the money came back.
    pub refunded_at: Option<Time>,
    /// How much came back.
    pub refund_amount: Option<Fen>,
    /// Who took it; nobody, or one.
    pub received: Vec<Received>,
}

/// Who took a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The person.
    pub open_id: Option<OpenId>,
    /// How much of it.
    pub amount: Option<Fen>,
    /// When.
    pub at: Option<Time>,
}

/// What a mini program hands to `wx.sendBizRedPacket` (pay section 2.4). Only for the person whose packet it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MiniRedPacketParameters {
    /// Seconds, as a text.
    pub time_stamp: String,
    /// Random.
    pub nonce_str: String,
    /// The percent-encoded package.
    #[schema(value_type = String)]
    pub package: Package,
    /// Always `MD5`.
    pub sign_type: &'static str,
    /// The signature, in lower case.
    pub pay_sign: String,
}
