//! The lines of a day for finance: each with its payout, and with the case that names it, if there is one.

use entity::{
    rewards::{bill_line::Direction, payout, reconciliation_case::Kind},
    types::ReconciliationId,
};
use sea_orm::ActiveEnum;

use super::{books, cases, lines, store};
use crate::{
    error::Result,
    infra::{calendar::shanghai, db::Db},
};

/// Lines that are read together.
const PAGE: u64 = 1_000;

/// What stands above the columns. Without a difference a line is matched.
pub const HEADINGS: [&str; 12] = [
    "记账时间 booked at",
    "商户单号 our number",
    "微信支付业务单号 WeChat's number",
    "资金流水单号 flow number",
    "业务名称 business",
    "收支 direction",
    "金额(元) yuan",
    "金额(分) fen",
    "打款 payout",
    "活动 campaign",
    "状态 state",
    "差异 difference",
];

/// How many lines there are.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound).
pub async fn count(db: &Db, id: ReconciliationId) -> Result<u64> {
    let row = store::get(db.read(), id).await?;
    lines::count(db.read(), (&row.merchant, row.day)).await
}

/// The lines after a place, and the last of them; nothing after the last one.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound).
pub async fn lines_after(db: &Db, id: ReconciliationId, after: i32) -> Result<Option<(Vec<Vec<String>>, i32)>> {
    let row = store::get(db.read(), id).await?;
    let bill = (&row.merchant, row.day);
    let lines = lines::after(db.read(), bill, after, PAGE).await?;
    let Some(last) = lines.last().map(|line| line.line) else { return Ok(None) };
    let numbers = || lines.iter().map(|line| line.number.as_str());
    let payouts = books::with_numbers(db.read(), &row.merchant, numbers()).await?;
    let cases = cases::with_numbers(db.read(), bill, numbers()).await?;
    let written: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let payout = payouts.get(&line.number);
            let of_payout = |part: fn(&books::Row) -> String| payout.map(part).unwrap_or_default();
            let kinds = cases.get(&line.number).into_iter().flatten();
            vec![
                line.at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M:%S").to_string(),
                line.number.clone(),
                line.wechat_number.clone(),
                line.flow_number.clone(),
                line.business.clone(),
                if line.direction == Direction::Out { "支出 out" } else { "收入 in" }.to_owned(),
                line.amount.to_string(),
                line.amount.get().to_string(),
                of_payout(|payout| payout.id.to_string()),
                of_payout(|payout| payout.campaign_id.to_string()),
                of_payout(|payout| payout::State::to_value(&payout.state)),
                kinds.map(Kind::to_value).collect::<Vec<_>>().join(" "),
            ]
        })
        .collect();
    Ok(Some((written, last)))
}
