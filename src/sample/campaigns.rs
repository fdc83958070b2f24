//! What the brand offers: reward campaigns with budgets, a referral program, and a share campaign.

use chrono::TimeDelta;
use entity::types::CampaignId;
use serde_json::{Value, json};

use super::{desk::Desk, guest::ACCOUNT, past::Past, stores};
use crate::error::{Error, Result};

/// The page that members share.
pub(super) const PAGE: &str = "pages/goods/scarf";

/// What runs.
pub(super) struct Offers {
    /// The referral program.
    pub(super) program: String,
    /// Transfers to old customers.
    pub(super) thanks: CampaignId,
}

/// Terms of a campaign that begins with the brand and goes on for a while after the present.
fn terms(past: &Past<'_>, name: &str, gives: &Value, amount: i64, budget: i64) -> Value {
    json!({
        "name": name, "gives": gives, "amount": { "kind": "fixed", "amount": amount }, "budget": budget,
        "starts_at": past.now(), "ends_at": past.present + TimeDelta::days(34),
        // A young brand has few people: one of them soon has more than half of a day.
        "guard": { "one_person_percent": 100 },
    })
}

fn red_packet() -> Value {
    json!({
        "kind": "red_packet", "merchant": "main", "account": ACCOUNT, "send_name": "惠联样板店", "wishing": "谢谢你带朋友来",
        "act_name": "邀请有礼", "remark": "邀请奖励",
    })
}

fn transfer(remark: &str) -> Value {
    json!({
        "kind": "transfer", "merchant": "main", "account": ACCOUNT, "scene": "1000", "remark": remark,
        "reports": [
            { "info_type": "活动名称", "info_content": "惠联样板店周年庆" },
            { "info_type": "奖励说明", "info_content": remark },
        ],
    })
}

/// Two of headquarters: one writes, the other approves.
struct House<'a> {
    writer: Desk<'a>,
    approver: Desk<'a>,
}

impl House<'_> {
    async fn campaign(&self, terms: &Value) -> Result<Value> {
        let written = self.writer.post("/campaigns", terms).await?;
        let id = written.get("id").cloned().unwrap_or_default();
        let path = format!("/campaigns/{}", id.as_str().unwrap_or_default());
        let approved = self.approver.act(&path, &written, "approve").await?;
        self.writer.act(&path, &approved, "run").await?;
        Ok(id)
    }
}

/// Everything that runs.
pub(super) async fn start(past: &Past<'_>) -> Result<Offers> {
    let writer = Desk::of(past, stores::OPERATIONS).await?;
    let house = House { approver: Desk::of(past, stores::FINANCE).await?, writer };
    let points = json!({ "kind": "points", "months": 12 });
    let inviter = house.campaign(&terms(past, "邀请有礼·红包", &red_packet(), 188, 5_000)).await?;
    let three = house.campaign(&terms(past, "邀请三位好友·现金", &transfer("邀请三位好友"), 888, 5_000)).await?;
    let invitee = house.campaign(&terms(past, "新朋友见面礼·积分", &points, 50, 2_000)).await?;
    let thanks = house.campaign(&terms(past, "周年庆·感谢老顾客", &transfer("周年庆感谢"), 600, 12_000)).await?;
    let visit = house.campaign(&terms(past, "分享被阅读·积分", &points, 5, 200)).await?;
    let registered = house.campaign(&terms(past, "分享带来会员·积分", &points, 30, 600)).await?;
    let (starts_at, ends_at) = (past.now(), past.present + TimeDelta::days(34));
    let rules = json!({
        "attribution": "first", "window_days": 14, "qualification": { "follow": ACCOUNT, "phone": true },
        "mature_days": 7, "leave_days": 7,
        "rewards": { "inviter": inviter, "invitee": invitee, "ladder": [{ "count": 3, "campaign": three }] },
    });
    let program = json!({ "name": "邀请好友，一起喝茶", "starts_at": starts_at, "ends_at": ends_at, "rules": rules });
    let program = house.writer.running("/referral-programs", &program).await?;
    let rules = json!({
        "pages": [{ "page": PAGE, "title": "秋冬围巾上新" }, { "page": "pages/goods/cup", "title": "一只保温杯" }],
        "rewards": { "visit": visit, "registered": registered },
    });
    let shares = json!({ "name": "秋冬上新", "starts_at": starts_at, "ends_at": ends_at, "rules": rules });
    house.writer.running("/share-campaigns", &shares).await?;
    let thanks = thanks.as_str().and_then(|id| id.parse::<CampaignId>().ok());
    let thanks = thanks.ok_or_else(|| Error::internal("no id of a campaign"))?;
    Ok(Offers { program, thanks })
}

/// A campaign that somebody has still to approve.
pub(super) async fn plan(past: &Past<'_>, desk: &Desk<'_>) -> Result<()> {
    let wish = terms(past, "年货节·现金红包", &red_packet(), 888, 500_000);
    desk.post("/campaigns", &wish).await.map(drop)
}
