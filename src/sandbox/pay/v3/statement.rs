//! The fund-flow bill is asked for and fetched (pay notes section 7).

use chrono::{Months, NaiveDate, NaiveTime};
use serde_json::json;

use super::{Caller, Done, Outcome, refusal::Refusal};
use crate::{
    infra::clock::{biz_day, time_of_day},
    sandbox::{
        pay::{bill, call::Call},
        world::World,
    },
};

/// `GET /v3/bill/fundflowbill`
pub(super) fn ask(world: &mut World, caller: &Caller, call: &Call) -> Outcome {
    let (now, base) = (world.now(), world.base_url.clone());
    let value = |name: &str| call.query.get(name).map(String::as_str);
    let bad = |why: &str| Refusal::param(why);
    let day: NaiveDate =
        value("bill_date").and_then(|day| day.parse().ok()).ok_or_else(|| bad("bill_date格式错误，应为YYYY-MM-DD"))?;
    let account = value("account_type").unwrap_or("BASIC");
    if !["BASIC", "OPERATION", "FEES"].contains(&account) {
        return Err(bad("account_type不正确"));
    }
    let gzip = match value("tar_type") {
        None => false,
        Some("GZIP") => true,
        Some(_) => return Err(bad("tar_type不正确")),
    };
    let today = biz_day(now);
    if today.checked_sub_months(Months::new(3)).is_some_and(|oldest| day < oldest) {
        return Err(bad("账单日期超出范围，仅支持三个月内的账单"));
    }
    let none = || Refusal::new(400, "NO_STATEMENT_EXIST", "账单文件不存在");
    if day >= today {
        return Err(none());
    }
    let ready = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    if today.pred_opt() == Some(day) && time_of_day(now) < ready {
        return Err(Refusal::new(400, "STATEMENT_CREATING", "账单生成中，请稍后再试"));
    }
    let merchant = world.pay.merchants.get(&caller.merchant).ok_or_else(none)?;
    // Everything here moves through the operation account.
    let text = (account == "OPERATION").then(|| bill::write(&merchant.ledger, day)).flatten().ok_or_else(none)?;
    let (hash, bytes) = bill::packed(&text, gzip);
    let token = world.random.alphanumeric(48);
    let download = bill::Download { merchant: caller.merchant.clone(), bytes, gzip, until: now + bill::LIFE };
    world.pay.downloads.retain(|_, download| download.until > now);
    world.pay.downloads.insert(token.clone(), download);
    Ok(Done::Json(json!({
        "hash_type": "SHA1",
        "hash_value": hash,
        "download_url": format!("{base}/v3/billdownload/file?token={token}"),
    })))
}

/// `GET /v3/billdownload/file`
pub(super) fn download(world: &mut World, caller: &Caller, call: &Call) -> Outcome {
    let now = world.now();
    let found = call.query.get("token").and_then(|token| world.pay.downloads.get(token));
    let found = found.filter(|download| download.merchant == caller.merchant && download.until > now);
    let download = found.ok_or_else(|| Refusal::param("token不正确或已过期"))?;
    let content_type = if download.gzip { "application/x-gzip" } else { "text/plain; charset=utf-8" };
    Ok(Done::File { content_type, bytes: download.bytes.clone() })
}
