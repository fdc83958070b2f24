//! Merchant transfer with user confirmation (商家转账, pay section 4): requests, what they may hold, answers.

use entity::types::{Fen, OpenId};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};

use super::number::{Broken, Checks, OutNo};
use crate::infra::clock::Time;

/// The smallest transfer, 0.10 yuan; cannot be lowered (pay section 4.8).
pub fn smallest() -> Fen {
    Fen::from(10)
}

/// The largest amount that may look like a red packet: 200 yuan.
pub fn largest_red_packet_look() -> Fen {
    Fen::from(20_000)
}

/// Below 0.30 yuan a name must not be sent.
fn name_from() -> Fen {
    Fen::from(30)
}

/// From 2000 yuan a name must be sent.
fn name_needed_from() -> Fen {
    Fen::from(200_000)
}

/// What transfers are for: one line of the merchant platform's table, as data (pay section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// 转账场景ID, such as `1000`.
    pub id: String,
    /// Its name, for staff.
    pub name: String,
    /// What the person may be told; empty when nothing can be chosen.
    pub perceptions: Vec<String>,
    /// The `info_type`s that every transfer reports, all of them.
    pub reports: Vec<String>,
    /// The smallest amount.
    pub least: Fen,
    /// The largest amount.
    pub most: Fen,
    /// How the person may be shown it.
    pub styles: Vec<Style>,
}

/// How the person is shown a transfer. WeChat Pay writes it in capitals, our files do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A page with a button.
    ConfirmPage,
    /// A red packet; up to 200 yuan, in some scenes.
    RedPacket,
}

impl Style {
    pub(super) fn as_wire(self) -> &'static str {
        match self {
            Self::ConfirmPage => "CONFIRM_PAGE",
            Self::RedPacket => "RED_PACKET",
        }
    }
}

/// The name in somebody's identity papers. It prints masked, and is not written as JSON: a transfer that has one cannot be
/// stored in the clear by mistake. WeChat Pay gets it sealed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RealName(pub String);

fn never<S: Serializer>(_: &Option<RealName>, _: S) -> Result<S::Ok, S::Error> {
    Err(S::Error::custom("the name of a person is not written in the clear"))
}

impl std::fmt::Debug for RealName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RealName(…)")
    }
}

/// One thing that a scene wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Exactly as the scene says, such as `活动名称`.
    pub info_type: String,
    /// What it is, at most 32 characters.
    pub info_content: String,
}

/// A transfer before it is checked. Only business fields: they never change between two tries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// Our number.
    pub number: OutNo,
    /// The app by which the person is known; bound to the merchant.
    pub appid: String,
    /// The person, as that app sees them.
    pub open_id: OpenId,
    /// How much.
    pub amount: Fen,
    /// 转账场景ID.
    pub scene: String,
    /// What the person reads, at most 32 characters.
    pub remark: String,
    /// What the scene wants to be told.
    pub reports: Vec<Report>,
    /// Checked against the person's account; needed from 2000 yuan.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "never")]
    pub user_name: Option<RealName>,
    /// Where WeChat Pay reports the end; see [`Merchant::notify_url`](super::Merchant::notify_url).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
    /// What the person is told it is; otherwise the scene's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perception: Option<String>,
    /// How the person is shown it; otherwise a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
}

/// A transfer that breaks no rule of WeChat Pay that is the same for everybody. Stored as the JSON of [`NewTransfer`],
/// unless it names somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NewTransfer", into = "NewTransfer")]
pub struct Transfer(NewTransfer);

impl TryFrom<NewTransfer> for Transfer {
    type Error = Broken;

    fn try_from(new: NewTransfer) -> Result<Self, Broken> {
        let mut checks = Checks::default();
        checks.bytes("appid", &new.appid, 32);
        checks.rule(new.amount >= smallest(), "amount", "must be at least 0.10 yuan");
        checks.bytes("scene", &new.scene, 36);
        checks.characters("remark", &new.remark, 32);
        for (at, report) in new.reports.iter().enumerate() {
            checks.characters(&format!("reports[{at}].info_type"), &report.info_type, 15);
            checks.characters(&format!("reports[{at}].info_content"), &report.info_content, 32);
        }
        match &new.user_name {
            Some(name) => {
                checks.characters("user_name", &name.0, 40);
                checks.rule(new.amount >= name_from(), "user_name", "must not be sent below 0.30 yuan");
            }
            None => checks.rule(new.amount < name_needed_from(), "user_name", "is needed from 2000 yuan"),
        }
        if let Some(url) = &new.notify_url {
            checks.bytes("notify_url", url, 256);
            checks.rule(url.starts_with("http") && !url.contains('?'), "notify_url", "must have no query");
        }
        if let Some(perception) = &new.perception {
            checks.characters("perception", perception, 32);
        }
        let look = new.style != Some(Style::RedPacket) || new.amount <= largest_red_packet_look();
        checks.rule(look, "style", "only up to 200 yuan may look like a red packet");
        checks.end().map(|()| Self(new))
    }
}

impl From<Transfer> for NewTransfer {
    fn from(transfer: Transfer) -> Self {
        transfer.0
    }
}

impl Transfer {
    /// Its fields.
    pub fn fields(&self) -> &NewTransfer {
        &self.0
    }

    /// What the merchant's own table of scenes and apps allows.
    pub(super) fn check<'a>(&self, scenes: &[Scene], mut apps: impl Iterator<Item = &'a String>) -> Result<(), Broken> {
        let new = &self.0;
        let mut checks = Checks::default();
        checks.rule(apps.any(|appid| *appid == new.appid), "appid", "is not bound to the merchant");
        let Some(scene) = scenes.iter().find(|scene| scene.id == new.scene) else {
            checks.rule(false, "scene", "is none of the merchant's");
            return checks.end();
        };
        let fits = (scene.least..=scene.most).contains(&new.amount);
        checks.rule(fits, "amount", format!("must be {} to {} yuan in this scene", scene.least, scene.most));
        let told: Vec<&String> = new.reports.iter().map(|report| &report.info_type).collect();
        let complete = told.len() == scene.reports.len() && scene.reports.iter().all(|wanted| told.contains(&wanted));
        checks.rule(complete, "reports", format!("must be exactly: {}", scene.reports.join(", ")));
        if let Some(perception) = &new.perception {
            checks.rule(scene.perceptions.contains(perception), "perception", "is none of the scene's");
        }
        if let Some(style) = new.style {
            checks.rule(scene.styles.contains(&style), "style", "is not allowed in this scene");
        }
        checks.end()
    }
}

/// What a transfer has come to (pay section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferState {
    /// Accepted, nothing done yet.
    Accepted,
    /// The money is being locked.
    Processing,
    /// The money is locked; the person has 24 hours to confirm.
    WaitUserConfirm,
    /// The person confirmed; the money moves. WeChat Pay spells it with one R.
    Transfering,
    /// Paid. It cannot be taken back.
    Success,
    /// Failed; the reason says why.
    Fail,
    /// Being cancelled.
    Canceling,
    /// Cancelled.
    Cancelled,
}

/// What opens the confirmation page: as good as money, so it prints masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackageInfo(pub String);

impl std::fmt::Debug for PackageInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PackageInfo(…)")
    }
}

/// The answer to a new transfer (pay section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CreatedTransfer {
    /// Our number.
    #[serde(rename = "out_bill_no")]
    pub number: OutNo,
    /// WeChat Pay's number: opaque, at most 64 characters.
    pub transfer_bill_no: String,
    /// What it has come to.
    pub state: TransferState,
    /// There while the person has to confirm. No query gives it again: store it.
    pub package_info: Option<PackageInfo>,
    /// Why it failed: a free text of capitals, such as `DAY_RECEIVED_QUOTA_EXCEED`.
    pub fail_reason: Option<String>,
    /// When it was made.
    pub create_time: Option<Time>,
}

/// The answer to a query (pay section 4.4).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TransferBill {
    /// The merchant.
    pub mch_id: Option<String>,
    /// Our number.
    #[serde(rename = "out_bill_no")]
    pub number: OutNo,
    /// WeChat Pay's number.
    pub transfer_bill_no: Option<String>,
    /// The app.
    pub appid: Option<String>,
    /// What it has come to.
    pub state: TransferState,
    /// How much.
    #[serde(rename = "transfer_amount")]
    pub amount: Fen,
    /// Why it failed.
    pub fail_reason: Option<String>,
    /// The person.
    #[serde(rename = "openid")]
    pub open_id: Option<OpenId>,
    /// When it was made.
    pub create_time: Option<Time>,
    /// When it last changed.
    pub update_time: Option<Time>,
}

/// The answer to a cancellation, which takes effect later (pay section 4.5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CancelledTransfer {
    /// Our number.
    #[serde(rename = "out_bill_no")]
    pub number: OutNo,
    /// WeChat Pay's number.
    pub transfer_bill_no: Option<String>,
    /// `Canceling` or `Cancelled`.
    pub state: TransferState,
    /// When it last changed.
    pub update_time: Option<Time>,
}

/// What a page hands to `wx.requestMerchantTransfer` (pay section 4.9). Only for the person who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferParameters {
    /// The merchant.
    pub mch_id: String,
    /// The app that the page runs in.
    pub app_id: String,
    /// What opens the confirmation page.
    #[schema(value_type = String)]
    pub package: PackageInfo,
}
