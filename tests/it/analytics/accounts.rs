//! Accounts and merchants by their names, and how accounts are.

use entity::admin::staff::Role;
use huilian::{
    infra::clock::Time,
    sandbox::{FaultKind, NewFault},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::story;

fn health(key: &str) -> String {
    format!("/api/admin/v1/accounts/{key}/health")
}

#[actix_web::test]
async fn forms_name_accounts_and_merchants() {
    story(async |app| {
        let (clerk, manager) = (app.staff(Role::Clerk).await, app.staff(Role::Manager).await);
        let brand = json!([
            { "key": "brand", "kind": "official", "name": "惠联样板店" },
            { "key": "shop", "kind": "mini", "name": "惠联样板小程序" },
        ]);
        assert_eq!(clerk.get("/api/admin/v1/accounts").await.body, brand);
        let merchants = manager.get("/api/admin/v1/merchants").await.body;
        assert_eq!((&merchants[0]["key"], &merchants[0]["name"]), (&json!("main"), &json!("惠联样板店")));
        assert_eq!(merchants[0]["accounts"], json!(["brand", "shop"]));
    })
    .await;
}

#[actix_web::test]
async fn the_health_of_an_account_is_what_is_known_without_asking_wechat() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let fresh = hq.get(&health("shop")).await;
        let nothing = json!({ "token_until": null, "last_push_at": null, "calls": [], "alarms": [] });
        assert_eq!((fresh.status, fresh.body), (StatusCode::OK, nothing));
        let person = app.person("林小满");
        person.say("shop", "在吗").await;
        let said = app.clock.now();
        app.run_jobs().await;
        let asked = app.sandbox.calls(usize::MAX).len();
        let well = hq.get(&health("shop")).await.body;
        assert_eq!(app.sandbox.calls(usize::MAX).len(), asked, "WeChat was not asked");
        let time = |value: &Value| value.as_str().expect("a time").parse::<Time>().expect("a time");
        assert!(time(&well["token_until"]) > app.clock.now(), "{well}");
        assert_eq!(time(&well["last_push_at"]), said);
        let sends = json!({ "path": "/cgi-bin/message/custom/send", "used": 1, "held_until": null });
        assert!(well["calls"].as_array().expect("calls").contains(&sends), "{well}");
        assert_eq!(well["alarms"], json!([]));
        assert_eq!(hq.get(&health("brand")).await.body["last_push_at"], json!(null), "each account its own");
        assert_eq!(hq.get(&health("nobody")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn what_is_set_up_wrongly_is_an_alarm_in_words() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        let wrong = FaultKind::Errcode { errcode: 40125, errmsg: None };
        app.sandbox.add_fault(NewFault::once("/cgi-bin/stable_token", wrong)).expect("a fault");
        app.person("林小满").say("shop", "在吗").await;
        app.run_jobs().await;
        let alarms = hq.get(&health("shop")).await.body["alarms"].clone();
        assert_eq!((&alarms[0]["path"], &alarms[0]["errcode"]), (&json!("/cgi-bin/stable_token"), &json!(40125)));
        assert!(alarms[0]["reason_zh"].as_str().is_some_and(|reason| reason.contains("AppSecret")), "{alarms}");
        app.advance(chrono::TimeDelta::minutes(2));
        app.run_jobs().await;
        assert_eq!(hq.get(&health("shop")).await.body["alarms"], json!([]), "it ends with the next token");
    })
    .await;
}
