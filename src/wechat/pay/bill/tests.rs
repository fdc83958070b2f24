//! Bills: rows, totals, hashes, and everything that may be wrong with a file.

use proptest::prelude::*;
use serde_json::json;
use sha1::{Digest, Sha1};

use super::{AccountType, BillTrouble, Direction, Movement, lines::Lines, reader::Reader};
use crate::wechat::pay::{
    Answer, Kind, Refusal, Why,
    tests::{Reply, Rig, Signed},
};

const HEADER: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号";
const TOTALS: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

fn row(direction: &str, amount: &str, own: &str) -> String {
    format!(
        "`2026-11-21 10:00:00,`1330001,`F1,`商家转账,`商家转账,`{direction},`{amount},`99.00,`1900001109API,`备注，,含逗号,`{own}"
    )
}

fn bill() -> String {
    let rows = [row("支出", "1.00", "plfk1"), row("支出", "0.5", "plfk2"), row("收入", "1", "plfk1")];
    format!("\u{feff}{HEADER}\r\n{}\r\n{TOTALS}\r\n`3.0,`1,`1.00,`2.0,`1.50\r\n", rows.join("\r\n"))
}

/// Reads a file that comes in chunks of this size.
fn read(bytes: &[u8], chunk: usize) -> Result<Vec<Movement>, BillTrouble> {
    let (mut lines, mut reader, mut found) = (Lines::default(), Reader::default(), Vec::new());
    for chunk in bytes.chunks(chunk.max(1)) {
        lines.feed(chunk)?;
        while let Some(line) = lines.next()? {
            found.extend(reader.line(&line)?);
        }
    }
    if let Some(line) = lines.last()? {
        found.extend(reader.line(&line)?);
    }
    reader.end().map(|()| found)
}

#[test]
fn a_bill_is_read_to_the_fen_however_it_is_cut() {
    for chunk in [1, 2, 3, 7, 64, 100_000] {
        let found = read(bill().as_bytes(), chunk).unwrap();
        let amounts: Vec<(Direction, i64, &str)> =
            found.iter().map(|row| (row.direction, row.amount.get(), row.own_number.as_str())).collect();
        assert_eq!(
            amounts,
            [(Direction::Out, 100, "plfk1"), (Direction::Out, 50, "plfk2"), (Direction::In, 100, "plfk1")]
        );
        assert_eq!(found[0].at.to_string(), "2026-11-21 02:00:00 UTC");
        assert_eq!(found[0].business, "商家转账");
    }
    let empty = format!("{HEADER}\n{TOTALS}\n`0,`0,`0.00,`0,`0.00");
    assert_eq!(read(empty.as_bytes(), 10), Ok(Vec::new()), "without an end of the last line");
}

#[test]
fn what_is_wrong_with_a_bill_is_told() {
    let bent = |from: &str, to: &str| read(bill().replacen(from, to, 1).as_bytes(), 50);
    assert_eq!(bent("`1.50", "`1.51"), Err(BillTrouble::Totals));
    assert_eq!(bent("`3.0", "`4.0"), Err(BillTrouble::Totals));
    assert_eq!(bent(&row("支出", "0.5", "plfk2"), ""), Err(BillTrouble::Totals), "a row is missing");
    assert_eq!(bent("支出,`1.00", "支出,`1.001"), Err(BillTrouble::Line(2)));
    assert_eq!(bent("支出,`1.00", "支出,`-1.00"), Err(BillTrouble::Line(2)));
    assert_eq!(bent("支出,`1.00", "支出,`一元"), Err(BillTrouble::Line(2)));
    assert_eq!(bent("`支出", "`赠送"), Err(BillTrouble::Line(2)));
    assert_eq!(bent("`2026-11-21", "`2026-13-21"), Err(BillTrouble::Line(2)));
    assert_eq!(bent("收支金额", "金额"), Err(BillTrouble::Line(1)));
    assert_eq!(bent("`plfk2", "plfk2"), Err(BillTrouble::Line(3)));
    assert_eq!(read(b"", 10), Err(BillTrouble::CutOff));
    let whole = bill();
    let (cut, _) = whole.split_once(TOTALS).unwrap();
    assert_eq!(read(cut.as_bytes(), 10), Err(BillTrouble::CutOff));
    assert_eq!(read(format!("{}{}", bill(), row("支出", "1.00", "plfk3")).as_bytes(), 50), Err(BillTrouble::Line(7)));
    assert_eq!(read(b"{\"code\":\"NO_STATEMENT_EXIST\"}", 10), Err(BillTrouble::Line(1)));
    assert_eq!(read(b"\xff\xfe\n", 10), Err(BillTrouble::Line(1)));
    assert_eq!(read(&vec![b'x'; 200_000], 50_000), Err(BillTrouble::Line(1)), "a line without end");
}

/// Answers a request for a bill: where it is, and the file.
fn announce(rig: &Rig, hash: &str, file: &str) {
    let found = json!({
        "hash_type": "SHA1", "hash_value": hash,
        "download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2"
    });
    rig.next(Reply::json(200, &found));
    rig.next(Reply::new(200, file).signed(Signed::Not));
}

async fn fetch(rig: &Rig) -> Answer<super::FundFlowBill> {
    rig.merchant().fund_flow_bill("2026-11-20".parse().unwrap(), AccountType::Operation).await
}

#[actix_web::test]
async fn a_bill_is_asked_for_downloaded_and_compared_with_its_hash() {
    let rig = Rig::start().await;
    let hash = hex::encode_upper(Sha1::digest(bill()));
    announce(&rig, &hash, &bill());
    let Answer::Done(mut open) = fetch(&rig).await else { panic!("there is a bill") };
    let mut rows = 0;
    while open.next().await.unwrap().is_some() {
        rows += 1;
    }
    assert_eq!(rows, 3);
    assert_eq!(open.next().await, Ok(None), "and no more");
    let seen = rig.seen();
    assert_eq!(seen[0].path, "/v3/bill/fundflowbill?bill_date=2026-11-20&account_type=OPERATION");
    assert_eq!(seen[1].path, "/v3/billdownload/file?token=6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2");
    assert!(seen[1].header("authorization").starts_with("WECHATPAY2-SHA256-RSA2048 "), "the download is signed");
    announce(&rig, &hash, &bill().replace("1.00", "2.00"));
    let Answer::Done(mut open) = fetch(&rig).await else { panic!("there is a bill") };
    let trouble = loop {
        match open.next().await {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(trouble) => break Some(trouble),
        }
    };
    assert_eq!(trouble, Some(BillTrouble::Hash));
}

#[actix_web::test]
async fn a_bill_that_is_not_there_is_told_apart_from_one_that_cannot_be_had() {
    let rig = Rig::start().await;
    for (code, expected) in [("NO_STATEMENT_EXIST", Kind::NoBill), ("STATEMENT_CREATING", Kind::NotReady)] {
        rig.next(Reply::error(400, code, "账单"));
        match fetch(&rig).await {
            Answer::Refused(Refusal { kind, .. }) => assert_eq!(kind, expected),
            other => panic!("{other:?}"),
        }
    }
    let elsewhere = json!({ "hash_type": "SHA1", "hash_value": "x", "download_url": "http://169.254.169.254/latest" });
    rig.next(Reply::json(200, &elsewhere));
    assert!(
        matches!(fetch(&rig).await, Answer::Unknown(unknown) if unknown.why == Why::Form),
        "only bills are downloaded"
    );
    let good =
        json!({ "hash_type": "SHA1", "hash_value": "x", "download_url": "https://a.example/v3/billdownload/file" });
    rig.next(Reply::json(200, &good));
    rig.next(Reply::new(502, "<html>"));
    assert!(matches!(fetch(&rig).await, Answer::Unknown(unknown) if unknown.why == Why::Status));
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in any::<Vec<u8>>(), chunk in 1usize..40) {
        let _ = read(&bytes, chunk);
        let _ = read(&[HEADER.as_bytes(), b"\n", &bytes].concat(), chunk);
    }

    #[test]
    fn the_sum_of_any_rows_is_the_total(amounts in proptest::collection::vec((any::<bool>(), 0u32..10_000_000), 0..40), chunk in 1usize..200) {
        let yuan = |fen: u64| format!("{}.{:02}", fen / 100, fen % 100);
        let rows: String = amounts.iter()
            .map(|(out, fen)| row(if *out { "支出" } else { "收入" }, &yuan((*fen).into()), "n") + "\n").collect();
        let sum = |wanted: bool| amounts.iter().filter(|(out, _)| *out == wanted).map(|(_, fen)| u64::from(*fen)).sum::<u64>();
        let count = |wanted: bool| amounts.iter().filter(|(out, _)| *out == wanted).count();
        let totals = |more: u64| format!("{HEADER}\n{rows}{TOTALS}\n`{},`{},`{},`{},`{}\n", amounts.len(), count(false), yuan(sum(false)), count(true), yuan(sum(true) + more));
        prop_assert_eq!(read(totals(0).as_bytes(), chunk).map(|rows| rows.len()), Ok(amounts.len()));
        prop_assert_eq!(read(totals(1).as_bytes(), chunk), Err(BillTrouble::Totals));
    }
}
