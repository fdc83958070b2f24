//! The callback's defence: everything that is not to be believed gets one answer, and leaves no row.

use chrono::TimeDelta;
use entity::{chat::message, wechat::push};
use huilian::wechat::{account::Mode, callback::Query, message::Fields};
use reqwest::StatusCode;

use crate::support::{Delivery, TestApp, story, story_with};

const OPEN_ID: &str = "oTestPerson0000000000000001";

async fn refused(app: &TestApp, why: &str, bent: Delivery<'_>) {
    let reason = format!("wechat_refused_total{{account=\"{}\",reason=\"{why}\"}}", bent.account);
    let before = app.figure(&reason).await;
    let (status, body) = bent.send().await;
    assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, ""), "{why}");
    assert!(app.figure(&reason).await > before, "{why} is not counted");
    assert!(app.rows::<push::Entity>().await.is_empty(), "{why} left a row");
    assert!(app.rows::<message::Entity>().await.is_empty(), "{why} left a message");
}

#[actix_web::test]
async fn forged_bent_and_hostile_requests_all_get_the_same_refusal() {
    story(async |app| {
        let good = || app.text_from("brand", OPEN_ID, 1, "hi");
        let mut bent = good();
        bent.query.msg_signature = Some("0".repeat(40));
        refused(app, "signature", bent).await;
        let mut bent = good();
        bent.query.msg_signature = bent.query.signature.clone();
        refused(app, "signature", bent).await;
        let mut bent = good();
        bent.query.nonce = Some("other".to_owned());
        refused(app, "signature", bent).await;
        let mut bent = good();
        bent.query = Query::default();
        bent.body.clear();
        refused(app, "downgrade", bent).await;
        let mut bent = good();
        bent.query.encrypt_type = None;
        refused(app, "downgrade", bent).await;
        let mut bent = good();
        bent.body.truncate(60);
        refused(app, "malformed", bent).await;
        let mut bent = good();
        bent.body =
            b"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><Encrypt>&e;</Encrypt></xml>".to_vec();
        refused(app, "hostile", bent).await;
        let mut bent = good();
        bent.body = vec![b'x'; 300 * 1024];
        refused(app, "oversized", bent).await;
        let mut bent = good();
        bent.account = "nobody".to_owned();
        let (status, body) = bent.send().await;
        assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, ""));
        let stale = good();
        app.advance(TimeDelta::minutes(6));
        refused(app, "replay_window", stale).await;
    })
    .await;
}

#[actix_web::test]
async fn a_message_for_another_account_is_refused_even_when_well_sealed() {
    story(async |app| {
        let mut foreign = (*app.account("brand")).clone();
        foreign.appid = "wxsomebodyelse0000".to_owned();
        let text_to = |to: &str| {
            Fields::new()
                .with("ToUserName", to)
                .with("FromUserName", OPEN_ID)
                .with("CreateTime", app.clock.now().timestamp())
                .with("MsgType", "text")
                .with("Content", "hi")
                .with("MsgId", 1_i64)
        };
        refused(app, "decrypt", app.sealed(&foreign, &text_to(&foreign.original_id))).await;
        refused(app, "wrong_account", app.sealed(&app.account("brand"), &text_to("gh_other"))).await;
    })
    .await;
}

#[actix_web::test]
async fn the_url_is_verified_by_its_signature_and_echoed_as_plain_text() {
    story(async |app| {
        let good = app.text_from("brand", OPEN_ID, 1, "hi").query;
        let url = format!("{}/wechat/brand/callback", app.base_url);
        let ask = async |signature: &str, echo: &str| {
            let query = [
                ("signature", signature),
                ("timestamp", good.timestamp.as_deref().unwrap_or_default()),
                ("nonce", good.nonce.as_deref().unwrap_or_default()),
                ("echostr", echo),
            ];
            let answer = app.http.get(&url).query(&query).send().await.expect("an answer");
            let kind = answer.headers()["content-type"].to_str().unwrap_or_default().to_owned();
            (answer.status(), kind, answer.text().await.expect("a body"))
        };
        let signature = good.signature.clone().unwrap_or_default();
        let (status, kind, body) = ask(&signature, "4375120948345356249").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "4375120948345356249"));
        assert!(kind.starts_with("text/plain"), "{kind}");
        let (status, _, _) = ask(&signature.to_uppercase(), "1").await;
        assert_eq!(status, StatusCode::OK, "hex in either case");
        let response =
            app.http.get(&url).query(&[("signature", "0"), ("echostr", "<script>")]).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(response.text().await.expect("a body"), "");
    })
    .await;
}

#[actix_web::test]
async fn in_plain_mode_a_signature_carries_one_body_only() {
    story_with(
        |settings| {
            let accounts = settings.folder.accounts.iter().map(|account| {
                let mut account = (**account).clone();
                account.callback.mode = Mode::Plain;
                account
            });
            settings.folder.accounts = accounts.collect();
        },
        async |app| {
            let seen = app.text_from("brand", OPEN_ID, 1, "会员");
            assert_eq!(seen.send().await.0, StatusCode::OK);
            assert_eq!(seen.send().await, (StatusCode::OK, "success".to_owned()), "WeChat's own repetition");
            let mut forged = app.text_from("brand", OPEN_ID, 2, "转人工");
            forged.query = seen.query.clone();
            assert_eq!(forged.send().await, (StatusCode::FORBIDDEN, String::new()));
            assert_eq!(app.rows::<push::Entity>().await.len(), 1);
        },
    )
    .await;
}

#[actix_web::test]
async fn an_unknown_type_is_kept_as_it_came_and_acknowledged() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        let pushed = person
            .event("brand", serde_json::json!({ "MsgType": "event", "Event": "something_new_2027", "Extra": "x" }))
            .await;
        assert_eq!(pushed.outcome, huilian::sandbox::Outcome::Acknowledged);
        let kept = app.rows::<push::Entity>().await;
        let kept = kept.iter().find(|row| row.kind == "event:unknown").expect("the unknown event");
        assert!(kept.body.contains("something_new_2027") && kept.body.contains("Extra"), "{}", kept.body);
        app.run_jobs().await;
    })
    .await;
}
