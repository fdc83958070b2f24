use std::io::Read as _;

use sha1::{Digest, Sha1};

use super::till::{Till, read};
use crate::sandbox::tests::rig::{LIN, ZHOU};

impl Till {
    async fn bill(&self, query: &str) -> super::till::Answered {
        self.call("GET", &format!("/v3/bill/fundflowbill?{query}"), None).await
    }

    /// The bytes behind a download address.
    async fn fetch(&self, address: &str) -> reqwest::Response {
        let target = address.strip_prefix(self.rig.sandbox.base_url()).unwrap();
        self.request("GET", target, None).send().await.unwrap()
    }
}

#[tokio::test]
async fn the_bill_of_a_day_is_its_ledger() {
    let till = Till::start().await;
    till.send(LIN, "p1").await;
    till.create(&till.transfer(ZHOU, "t1")).await;
    till.rig.advance(14 * 3600);
    till.send(LIN, "p2").await;
    till.rig.advance(86_400);
    let asked = till.bill("bill_date=2026-11-21&account_type=OPERATION").await.json();
    let answer = till.fetch(asked["download_url"].as_str().unwrap()).await;
    assert!(answer.headers().get("wechatpay-signature").is_none(), "downloads are not signed");
    let text = answer.text().await.unwrap();
    assert_eq!(asked["hash_value"], hex::encode(Sha1::digest(text.as_bytes())));
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 6, "{text}");
    assert!(rows[0].starts_with("记账时间,微信支付业务单号,"));
    assert!(rows[1].contains(",`充值,`充值,`收入,`100000.00,`100000.00,"), "{}", rows[1]);
    assert!(rows[2].contains(",`支出,`1.00,`99999.00,`SYSTEM,`,`p1"), "{}", rows[2]);
    assert!(rows[3].starts_with("`2026-11-21 10:00:00,`1330") && rows[3].ends_with(",`t1"), "{}", rows[3]);
    assert_eq!(rows[5], "`3,`1,`100000.00,`2,`2.00");
    // The next day: what lapsed has come back, at its own time.
    till.rig.advance(86_400);
    let asked = till.bill("bill_date=2026-11-22&account_type=OPERATION&tar_type=GZIP").await.json();
    let packed = till.fetch(asked["download_url"].as_str().unwrap()).await.bytes().await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_ref()).read_to_string(&mut text).unwrap();
    assert_eq!(asked["hash_value"], hex::encode(Sha1::digest(text.as_bytes())));
    assert!(text.contains("`2026-11-22 10:10:00,") && text.contains("`现金红包退款,`退款,`收入,`1.00,"), "{text}");
    assert!(text.contains("`2026-11-22 10:00:00,") && text.contains("`商家转账回退,"), "{text}");
}

#[tokio::test]
async fn a_bill_has_its_time() {
    let till = Till::start().await;
    let day = "bill_date=2026-11-21&account_type=OPERATION";
    till.bill(day).await.refused(400, "NO_STATEMENT_EXIST");
    till.rig.advance(20 * 3600);
    till.bill(day).await.refused(400, "STATEMENT_CREATING");
    till.rig.advance(4 * 3600);
    let url = till.bill(day).await.json()["download_url"].as_str().unwrap().to_owned();
    till.bill("bill_date=2026-11-20&account_type=OPERATION").await.refused(400, "NO_STATEMENT_EXIST");
    till.bill("bill_date=2026-11-21").await.refused(400, "NO_STATEMENT_EXIST");
    for bad in [
        "",
        "bill_date=2026-1121",
        "bill_date=2026-08-01&account_type=OPERATION",
        "bill_date=2026-11-21&account_type=X",
    ] {
        till.bill(bad).await.refused(400, "PARAM_ERROR");
    }
    till.rig.advance(301);
    read(till.fetch(&url).await).await.refused(400, "PARAM_ERROR");
}
