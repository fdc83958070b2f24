//! The fund-flow bill of a day as WeChat Pay writes it: every value behind a backtick, totals at the end (pay notes
//! section 7).

use std::io::Write as _;

use chrono::{NaiveDate, TimeDelta};
use flate2::{Compression, write::GzEncoder};
use sha1::{Digest, Sha1};

use super::ledger::Ledger;
use crate::infra::clock::{Time, shanghai};

/// How long a bill can be fetched.
pub(super) const LIFE: TimeDelta = TimeDelta::minutes(5);

const COLUMNS: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),\
                       资金变更提交申请人,备注,业务凭证号";
const TOTALS: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

/// A bill that waits to be fetched.
pub(super) struct Download {
    pub(super) merchant: String,
    pub(super) bytes: Vec<u8>,
    pub(super) gzip: bool,
    pub(super) until: Time,
}

/// The bill of a day; `None` when nothing moved.
pub(super) fn write(ledger: &Ledger, day: NaiveDate) -> Option<String> {
    let mut text = format!("{COLUMNS}\r\n");
    let (mut income, mut expense) = ((0_usize, 0_i64), (0_usize, 0_i64));
    for movement in ledger.of_day(day) {
        let sum = if movement.kind.is_income() { &mut income } else { &mut expense };
        *sum = (sum.0 + 1, sum.1 + movement.amount);
        let at = movement.at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M:%S").to_string();
        let direction = if movement.kind.is_income() { "收入" } else { "支出" };
        let (amount, balance) = (yuan(movement.amount), yuan(movement.balance));
        text.push_str(&row(&[
            &at,
            &movement.wechat_number,
            &movement.id,
            movement.kind.name(),
            movement.kind.category(),
            direction,
            &amount,
            &balance,
            "SYSTEM",
            "",
            &movement.number,
        ]));
    }
    if income.0 + expense.0 == 0 {
        return None;
    }
    let counts = [income.0 + expense.0, income.0, expense.0].map(|count| count.to_string());
    let [all, received, spent] = &counts;
    text.push_str(&format!("{TOTALS}\r\n"));
    text.push_str(&row(&[all, received, &yuan(income.1), spent, &yuan(expense.1)]));
    Some(text)
}

/// The SHA-1 of the text, and the text as it is fetched.
pub(super) fn packed(text: &str, gzip: bool) -> (String, Vec<u8>) {
    let hash = hex::encode(Sha1::digest(text.as_bytes()));
    if !gzip {
        return (hash, text.as_bytes().to_vec());
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish());
    (hash, packed.unwrap_or_default())
}

fn row(values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{value}")).collect();
    format!("{}\r\n", values.join(","))
}

/// Fen as yuan with two decimals.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
