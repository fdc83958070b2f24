//! A share from the card in a chat to the points, by real HTTP: in the mini program and on a page.

use chrono::TimeDelta;
use entity::{admin::staff::Role, share::visit::State};
use huilian::sandbox::Consent;
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;

use super::{LINKS, PAGE, has, id, key_of, link_of, mint, rows, running, stand, stay, terms, visit};
use crate::{
    identity::oauth::Browser,
    support::{Answered, TestApp, story},
};

async fn buy(app: &TestApp, member: entity::types::MemberId, number: &str, fen: i64) {
    let bought = huilian::orders::Paid {
        source: "pos".to_owned(),
        number: number.to_owned(),
        member,
        amount: fen.try_into().expect("fen"),
        at: app.clock.now(),
    };
    let paid = app.app.db.tx(async |tx: &huilian::infra::db::Tx| huilian::orders::paid(tx, &bought).await);
    paid.await.expect("a purchase");
    app.run_jobs().await;
}

async fn refund(app: &TestApp, number: &str, fen: i64) {
    let back = huilian::orders::Refunded {
        source: "pos".to_owned(),
        order: number.to_owned(),
        number: format!("{number}-back"),
        amount: fen.try_into().expect("fen"),
        at: app.clock.now(),
    };
    let told = app.app.db.tx(async |tx: &huilian::infra::db::Tx| huilian::orders::refunded(tx, &back).await);
    told.await.expect("a refund");
    app.run_jobs().await;
}

#[actix_web::test]
async fn a_friend_who_reads_registers_and_buys_brings_points_and_the_tap_brings_none() {
    story(async |app| {
        running(app, json!({ "purchase_fen": 500 })).await;
        let sharer = app.person("林小满").log_in("shop").await;
        let minted = mint(&sharer).await;
        assert_eq!(minted, mint(&sharer).await, "asked for again it is the same");
        let key = minted["key"].as_str().expect("a key").to_owned();
        assert_eq!((&minted["title"], &minted["open"]), (&json!("春茶上市"), &json!(true)));
        assert_eq!(minted["path"], format!("/{PAGE}?share={key}"));
        let asked = sharer.put(LINKS, &json!({ "page": PAGE, "query": "id=7" })).await;
        assert_eq!(asked.body["path"], format!("/{PAGE}?id=7&share={key}"));
        app.run_jobs().await;
        let member = id(&sharer).await;
        assert_eq!((has(app, member).await, rows(app).await.len()), (0, 0), "sharing alone earns nothing");

        app.advance(TimeDelta::minutes(5));
        let friend = app.person("周一鸣").log_in("shop").await;
        visit(&friend, &key).await;
        app.run_jobs().await;
        assert_eq!(stand(app).await, [(State::Seen, "waiting".to_owned())]);
        stay(&friend, 4).await;
        assert_eq!(has(app, member).await, 0, "not long enough yet");
        stay(&friend, 6).await;
        assert_eq!(stand(app).await, [(State::Rewarded, "counts".to_owned())]);
        assert_eq!(has(app, member).await, 60, "a visit, and by it a new member");
        visit(&friend, &key).await;
        stay(&friend, 60).await;
        assert_eq!(has(app, member).await, 60, "once for a visitor and page");

        buy(app, id(&friend).await, "1", 800).await;
        assert_eq!(has(app, member).await, 260);
        let shares = sharer.get(LINKS).await.body["items"].clone();
        assert_eq!((&shares[0]["visits"], &shares[0]["points"]), (&json!(1), &json!(260)), "{shares}");
        let came = sharer.get(&format!("{LINKS}/{key}/visits")).await.body["items"].clone();
        assert_eq!((&came[0]["code"], &came[0]["purchased"]), (&json!("counts"), &json!(true)), "{came}");
        assert!(came[0]["reason_zh"].is_string() && !came.to_string().contains("周一鸣"), "{came}");
        let others = friend.get(&format!("{LINKS}/{key}/visits")).await;
        assert_eq!(others.status, StatusCode::NOT_FOUND, "what others share is theirs");

        refund(app, "1", 400).await;
        assert_eq!(has(app, member).await, 60, "less than asked for is left of the purchase");
        buy(app, id(&friend).await, "2", 900).await;
        assert_eq!(has(app, member).await, 60, "the next one is not their first");
    })
    .await;
}

#[actix_web::test]
async fn a_link_that_is_opened_in_a_browser_is_a_visit_once_somebody_says_who_they_are() {
    story(async |app| {
        running(app, json!({ "dwell_seconds": 0 })).await;
        let sharer = app.person("林小满").log_in("shop").await;
        let key = key_of(&sharer).await;
        let member = id(&sharer).await;
        let person = app.person("周一鸣");
        let mut browser = Browser::new(app);
        let page = browser.open(&format!("/api/h5/v1/shares/{key}")).await;
        assert_eq!(
            (page.status, &page.body["title"], &page.body["sharer"]),
            (StatusCode::OK, &json!("春茶上市"), &json!("友**"))
        );
        assert_eq!(app.get("/api/h5/v1/shares/0123456789").await.status, StatusCode::NOT_FOUND);
        let start = format!("/api/h5/v1/oauth/brand/start?return=/m/s/{key}");
        let back = browser.visit_wechat(&start, &person, Consent::Allow).await;
        browser.open(&back).await;
        let cookie = format!("huilian_session={}", browser.session().expect("a session"));
        let told = |site: &'static str| {
            let request = app.http.post(format!("{}/api/mini/v1/share-visits", app.base_url));
            let request = request.header(COOKIE, cookie.clone()).header("sec-fetch-site", site);
            Answered::read(request.json(&json!({ "key": key })))
        };
        assert_eq!(told("cross-site").await.status, StatusCode::UNAUTHORIZED, "a page of somebody else");
        assert_eq!(told("same-origin").await.status, StatusCode::NO_CONTENT);
        app.run_jobs().await;
        assert_eq!(has(app, member).await, 10, "a visitor who is no member yet");
        app.advance(TimeDelta::days(2));
        person.follow("brand").await;
        app.run_jobs().await;
        assert_eq!(has(app, member).await, 60, "who follows within the days of the rules has registered by it");
    })
    .await;
}

#[actix_web::test]
async fn staff_run_hold_and_end_a_campaign_and_see_why() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let terms = terms(app, json!({})).await;
        let mut worded = serde_json::to_value(&terms).expect("terms");
        worded["rules"]["pages"][0]["title"] = json!("分享得红包");
        let made = staff.post_once("/api/admin/v1/share-campaigns", "campaign-0001", &worded).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        assert_eq!(made.body["warnings"][0]["rule"], "rewarded_share");
        let path = format!("/api/admin/v1/share-campaigns/{}", made.body["id"].as_str().expect("an id"));
        let change = json!({ "version": 1, "terms": terms, "reason": "按微信规范改标题" });
        let changed = staff.put(&path, &change).await;
        assert_eq!((changed.status, &changed.body["warnings"]), (StatusCode::OK, &json!([])), "{changed:?}");
        let act = async |act: &str, version: i32| {
            let body = json!({ "version": version, "reason": "按计划" });
            staff.post_once(&format!("{path}/{act}"), &format!("{act}-{version}-0001"), &body).await
        };
        assert_eq!(act("pause", 2).await.status, StatusCode::CONFLICT, "it does not run yet");
        assert_eq!(act("run", 2).await.status, StatusCode::OK);
        assert_eq!(act("run", 2).await.body["version"], 3, "asked again with the same key");
        let sharer = app.person("林小满").log_in("shop").await;
        let key = key_of(&sharer).await;
        let friend = app.person("周一鸣").log_in("shop").await;
        visit(&friend, &key).await;
        app.run_jobs().await;
        app.advance(TimeDelta::seconds(1));
        assert_eq!(act("pause", 3).await.status, StatusCode::OK);
        stay(&friend, 20).await;
        assert_eq!(stand(app).await, [(State::Counted, "campaign_paused".to_owned())]);
        assert_eq!(act("run", 4).await.status, StatusCode::OK);
        app.run_jobs().await;
        let member = id(&sharer).await;
        assert_eq!(has(app, member).await, 60, "what had to wait follows");
        assert_eq!(act("end", 5).await.status, StatusCode::OK);
        let late = app.person("何思远").log_in("shop").await;
        visit(&late, &key).await;
        stay(&late, 20).await;
        assert_eq!((rows(app).await.len(), has(app, member).await), (1, 60), "it is over");
        let shown = staff.get(&path).await.body;
        assert_eq!(
            (shown["history"].as_array().map(Vec::len), shown["rules"].as_array().map(Vec::len)),
            (Some(6), Some(2))
        );
        let visits = staff.get(&format!("/api/admin/v1/share-visits?sharer={member}")).await.body["items"].clone();
        assert_eq!((&visits[0]["code"], &visits[0]["rules_version"]), (&json!("counts"), &json!(2)), "{visits}");
        let one = staff.get(&format!("/api/admin/v1/share-visits/{}", visits[0]["id"].as_str().expect("an id"))).await;
        assert_eq!(one.body["rewards"].as_array().map(Vec::len), Some(2), "{one:?}");
        let value = staff.get(&format!("/api/admin/v1/share-values/{member}")).await.body;
        assert_eq!((&value[0]["visits"], &value[0]["registered"]), (&json!(1), &json!(1)), "{value}");
        assert_eq!(staff.get(&format!("{path}/values?by=registered")).await.body[0]["member"], json!(member));
    })
    .await;
}

#[actix_web::test]
async fn terms_that_cannot_be_kept_are_refused_with_the_field() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let good = serde_json::to_value(terms(app, json!({})).await).expect("terms");
        let money = crate::rewards::running(app, json!({})).await;
        for (at, wrong, field) in [
            ("/ends_at", json!("2026-01-01T00:00:00Z"), "ends_at"),
            ("/rules/rewards/visit", json!(money), "rules.rewards.visit"),
            ("/rules/rewards/visit", json!("cmp_00000000000000000000000000"), "rules.rewards.visit"),
            ("/rules/pages/1/page", json!(PAGE), "rules.pages[1].page"),
            ("/rules/pages/0/page", json!("pages/tea?id=1"), "rules.pages[0].page"),
            ("/rules/pages/0/picture", json!("javascript:alert(1)"), "rules.pages[0].picture"),
            ("/rules/per_day/visit", json!(0), "rules.per_day.visit"),
        ] {
            let mut body = good.clone();
            *body.pointer_mut(at).expect(at) = wrong;
            let answer = staff.post_once("/api/admin/v1/share-campaigns", &format!("wrong-{field}-{at}"), &body).await;
            let fields = answer.body["errors"].to_string();
            assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && fields.contains(field), "{at}: {answer:?}");
        }
        let checked = staff.post("/api/admin/v1/wording-checks", &json!({ "text": "转发到群，领红包" })).await;
        assert_eq!(checked.body["warnings"][0]["rule"], "rewarded_share", "{checked:?}");
        let fine = staff.post("/api/admin/v1/wording-checks", &json!({ "text": "周六读书分享会" })).await;
        assert_eq!(fine.body, json!({ "warnings": [] }));
    })
    .await;
}

#[actix_web::test]
async fn what_visitors_of_my_visitor_open_is_kept_as_value_and_earns_nothing() {
    story(async |app| {
        running(app, json!({ "dwell_seconds": 0 })).await;
        let first = app.person("林小满").log_in("shop").await;
        let second = app.person("周一鸣").log_in("shop").await;
        let third = app.person("何思远").log_in("shop").await;
        visit(&second, &key_of(&first).await).await;
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(1));
        let key = link_of(app, id(&second).await, PAGE).await;
        visit(&third, &key).await;
        app.run_jobs().await;
        let (one, two) = (id(&first).await, id(&second).await);
        let of_third = rows(app).await.into_iter().find(|row| row.sharer == Some(two)).expect("a visit");
        assert_eq!(of_third.second, Some(one));
        assert_eq!((has(app, one).await, has(app, two).await), (60, 60), "one level is rewarded");
        let staff = app.staff(Role::Headquarters).await;
        let value = staff.get(&format!("/api/admin/v1/share-values/{one}")).await.body;
        assert_eq!((&value[0]["visits"], &value[0]["second"]), (&json!(1), &json!(1)), "{value}");
    })
    .await;
}
