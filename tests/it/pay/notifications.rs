//! Notifications are stored once, acknowledged and handed on; what is not WeChat Pay's changes nothing and is counted.

use chrono::TimeDelta;
use entity::{jobs::job, wechat::pay_notification};
use futures_util::future::join_all;
use huilian::wechat::pay::notify::ForgetPayNotifications;
use reqwest::StatusCode;
use serde_json::json;

use super::letter::{Letter, content};
use crate::support::{TestApp, story};

async fn refused(app: &TestApp, merchant: &str, why: &str, bent: Letter<'_>) {
    let counted = format!("pay_notifications_refused_total{{merchant=\"{merchant}\",reason=\"{why}\"}}");
    let before = app.figure(&counted).await;
    let (status, body) = bent.send().await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{why}");
    assert_eq!(body, "{\"code\":\"FAIL\",\"message\":\"失败\"}", "{why}");
    assert!(app.figure(&counted).await > before, "{why} is not counted");
    assert!(app.rows::<pay_notification::Entity>().await.is_empty(), "{why} left a row");
    assert!(app.rows::<job::Entity>().await.is_empty(), "{why} left a job");
}

#[actix_web::test]
async fn a_notification_is_stored_once_acknowledged_and_handed_on() {
    story(async |app| {
        let letter = Letter::of_transfer(app, "EV-1");
        assert_eq!(letter.send().await, (StatusCode::NO_CONTENT, String::new()));
        let rows = app.rows::<pay_notification::Entity>().await;
        let row = rows.first().expect("a row");
        assert_eq!((row.merchant.as_str(), row.id.as_str(), row.handled), ("main", "EV-1", false));
        assert_eq!(row.kind, "MCHTRANSFER.BILL.FINISHED");
        assert!(!row.body.contains("oTestPerson"), "what it says about people stays encrypted");
        assert_eq!(app.run_jobs().await, 1);
        assert!(app.rows::<pay_notification::Entity>().await.iter().all(|row| row.handled));
        // WeChat Pay did not hear our answer, and comes again with a fresh signature.
        app.advance(TimeDelta::minutes(6));
        assert_eq!(Letter::of_transfer(app, "EV-1").send().await.0, StatusCode::NO_CONTENT);
        let handing_on = |job: &job::Model| job.kind == "wechat.handle_pay_notification";
        assert!(!app.rows::<job::Entity>().await.iter().any(handing_on), "once");
        app.run_jobs().await;
        assert_eq!(Letter::of_transfer(app, "EV-2").send().await.0, StatusCode::NO_CONTENT);
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(app.rows::<pay_notification::Entity>().await.len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn forty_deliveries_at_once_are_one_row_and_one_job() {
    story(async |app| {
        let letters: Vec<_> = (0..40).map(|_| Letter::of_transfer(app, "EV-1").signed()).collect();
        let answers = join_all(letters.iter().map(Letter::send)).await;
        assert!(answers.iter().all(|(status, _)| *status == StatusCode::NO_CONTENT), "{answers:?}");
        assert_eq!(app.rows::<pay_notification::Entity>().await.len(), 1);
        assert_eq!(app.rows::<job::Entity>().await.len(), 1);
        assert_eq!(app.run_jobs().await, 1);
    })
    .await;
}

#[actix_web::test]
async fn forged_bent_foreign_and_stale_notifications_change_nothing() {
    story(async |app| {
        let good = || Letter::of_transfer(app, "EV-1");
        let mut bent = good().signed();
        bent.body = String::from_utf8(bent.body).expect("text").replace("EV-1", "EV-2").into_bytes();
        refused(app, "main", "signature", bent).await;
        let mut bent = good().signed();
        bent.nonce = "another".to_owned();
        refused(app, "main", "signature", bent).await;
        let mut bent = good();
        bent.signature = Some("no base64!".to_owned());
        refused(app, "main", "signature", bent).await;
        let mut bent = good();
        bent.signature = Some(String::new());
        refused(app, "main", "headers", bent).await;
        let mut bent = good();
        bent.signature = Some(format!("WECHATPAY/SIGNTEST/{}", bent.sign()));
        refused(app, "main", "probe", bent).await;
        for serial in ["PUB_KEY_ID_0000000000000000000000000000", "440024045C4A427599D09BB4E3DE0279F2E813FD"] {
            let mut bent = good();
            bent.serial = serial.to_owned();
            refused(app, "main", "unknown_key", bent).await;
        }
        for apart in [-301, 301] {
            let mut bent = good();
            bent.timestamp += apart;
            refused(app, "main", "replay_window", bent).await;
        }
        let seen = good().signed();
        app.advance(TimeDelta::minutes(6));
        refused(app, "main", "replay_window", seen).await;
        refused(app, "main", "foreign_merchant", Letter::saying(app, "EV-1", &content("1900000002"))).await;
        let mut negative = content("1900000001");
        negative["transfer_amount"] = json!(-100);
        refused(app, "main", "malformed", Letter::saying(app, "EV-1", &negative)).await;
        let mut bent = good();
        bent.body = b"{\"id\":".to_vec();
        refused(app, "main", "malformed", bent).await;
        let mut bent = good();
        bent.body = vec![b' '; 70_000];
        refused(app, "main", "oversized", bent).await;
        let mut bent = good();
        let text = String::from_utf8(bent.body).expect("text");
        bent.body = text.replace("fdasflkja484", "fdasflkja485").into_bytes();
        refused(app, "main", "decrypt", bent).await;
        for stranger in ["nobody", "MAIN", "%E4%B8%BB"] {
            let mut bent = good();
            bent.merchant = stranger.to_owned();
            refused(app, "unknown", "unknown_merchant", bent).await;
        }
        assert_eq!(good().send().await.0, StatusCode::NO_CONTENT, "and after all that the real one is taken");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_kind_that_nobody_knows_is_kept_and_acknowledged() {
    story(async |app| {
        let mut letter = Letter::of_transfer(app, "EV-1");
        let text = String::from_utf8(letter.body).expect("text");
        letter.body = text.replace("MCHTRANSFER.BILL.FINISHED", "SOMETHING.NEW").into_bytes();
        assert_eq!(letter.send().await.0, StatusCode::NO_CONTENT);
        app.run_jobs().await;
        let rows = app.rows::<pay_notification::Entity>().await;
        assert!(rows.iter().all(|row| row.handled && row.kind == "SOMETHING.NEW"), "{rows:?}");
    })
    .await;
}

#[actix_web::test]
async fn only_posts_are_answered() {
    story(async |app| {
        let answer = app.get("/wechat/pay/main/notify").await;
        assert!(answer.status.is_client_error(), "{answer:?}");
    })
    .await;
}

#[actix_web::test]
async fn notifications_are_forgotten_when_their_time_is_over() {
    story(async |app| {
        Letter::of_transfer(app, "EV-1").send().await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(80));
        Letter::of_transfer(app, "EV-2").send().await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(11));
        app.app.db.tx(async |tx| tx.enqueue(ForgetPayNotifications {})).await.expect("a job");
        app.run_jobs().await;
        let left = app.rows::<pay_notification::Entity>().await;
        assert_eq!(left.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["EV-2"]);
    })
    .await;
}
