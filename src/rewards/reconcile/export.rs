//! The lines of a day for finance: each with its payout, and with the case that names it, if there is one.

use actix_web::web::Bytes;
use entity::{
    rewards::{bill_line::Direction, payout, reconciliation::Model, reconciliation_case::Kind},
    types::ReconciliationId,
};
use futures_util::{Stream, stream};
use sea_orm::ActiveEnum;

use super::{books, cases, lines, store};
use crate::{
    error::Result,
    infra::{calendar::shanghai, db::Db, sheet},
};

/// Lines that are read together.
const PAGE: u64 = 1_000;

const HEADINGS: [&str; 12] = [
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

/// The file as a stream of its pages. Without a difference a line is matched.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound).
pub(super) async fn file(db: Db, id: ReconciliationId) -> Result<impl Stream<Item = Result<Bytes>>> {
    let row = store::get(db.read(), id).await?;
    let begin = sheet::begin(HEADINGS.map(str::to_owned).to_vec())?;
    let pages = stream::try_unfold(-1, move |after| {
        let (db, row) = (db.clone(), row.clone());
        async move { page(&db, &row, after).await }
    });
    Ok(stream::StreamExt::chain(stream::iter([Ok(begin)]), pages))
}

/// The lines after a place, and the last of them.
async fn page(db: &Db, row: &Model, after: i32) -> Result<Option<(Bytes, i32)>> {
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
    Ok(Some((sheet::lines(&written)?, last)))
}
