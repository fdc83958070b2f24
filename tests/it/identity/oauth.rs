//! Member pages learn who looks at them: to WeChat and back, bound to one browser, good for one use.

use chrono::TimeDelta;
use entity::identity::{identity, member, session};
use huilian::sandbox::{Consent, FaultKind, NewFault};
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;
use url::Url;

use crate::support::{Answered, Follower, TestApp, story};

const START: &str = "/api/h5/v1/oauth/brand/start";

/// A browser that keeps cookies and follows nothing by itself.
pub struct Browser<'a> {
    app: &'a TestApp,
    http: reqwest::Client,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self { app, http: http.build().expect("a browser"), cookies: Vec::new() }
    }

    /// Opens an address of the service, wherever its public address says it is.
    pub async fn open(&mut self, address: &str) -> Answered {
        let path =
            Url::parse(address).map_or_else(|_| address.to_owned(), |url| url[url::Position::BeforePath..].to_owned());
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.get(format!("{}{path}", self.app.base_url)).header(COOKIE, cookies.join("; "));
        let answer = Answered::read(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let text = cookie.to_str().expect("text");
            assert!(text.contains("HttpOnly") && text.contains("SameSite=Lax"), "{text}");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        answer
    }

    /// To WeChat, and the answer of the person there; gives the way back.
    pub async fn visit_wechat(&mut self, start: &str, person: &Follower<'_>, consent: Consent) -> String {
        let answer = self.open(start).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
        self.app.sandbox.authorize(&person.id, answer.header("location"), consent).expect("WeChat's page").redirect
    }

    pub fn session(&self) -> Option<&str> {
        self.cookies.iter().rev().find(|(name, _)| name == "huilian_session").map(|(_, value)| value.as_str())
    }

    async fn member(&self) -> serde_json::Value {
        let token = self.session().expect("a session");
        let url = format!("{}/api/mini/v1/sessions/current", self.app.base_url);
        Answered::read(self.http.get(url).bearer_auth(token)).await.body["member"].clone()
    }
}

#[actix_web::test]
async fn a_follower_opens_a_page_silently_and_is_the_member_of_the_mini_program() {
    story(async |app| {
        let person = app.follower("林小满").await;
        let consumer = person.log_in("shop").await;
        let mut browser = Browser::new(app);
        let back = browser.visit_wechat(&format!("{START}?return=/m/points?tab=1"), &person, Consent::Allow).await;
        let page = browser.open(&back).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::FOUND, "/m/points?tab=1"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(browser.member().await, json!(consumer.member().await), "one person by the UnionID");
    })
    .await;
}

#[actix_web::test]
async fn who_agrees_is_known_by_the_name_they_have_in_wechat() {
    story(async |app| {
        let person = app.follower("林小满").await;
        let consumer = person.log_in("shop").await;
        let nickname = async || consumer.get("/api/mini/v1/profile").await.body["nickname"].clone();
        let mut browser = Browser::new(app);
        for (scope, known) in [("base", json!(null)), ("userinfo", json!("林小满"))] {
            let back = browser.visit_wechat(&format!("{START}?scope={scope}"), &person, Consent::Allow).await;
            assert_eq!(browser.open(&back).await.status, StatusCode::FOUND);
            assert_eq!(nickname().await, known, "{scope}");
        }
        consumer.patch("/api/mini/v1/profile", &json!({ "nickname": "满满" })).await;
        let back = browser.visit_wechat(&format!("{START}?scope=userinfo"), &person, Consent::Allow).await;
        browser.open(&back).await;
        assert_eq!(nickname().await, "满满", "what they say themselves is better known");

        // Signed in they are, whatever becomes of the name.
        let busy = FaultKind::Errcode { errcode: -1, errmsg: None };
        app.sandbox.add_fault(NewFault { times: None, ..NewFault::once("/sns/userinfo", busy) }).expect("a fault");
        let other = app.follower("周一鸣").await;
        let mut browser = Browser::new(app);
        let back = browser.visit_wechat(&format!("{START}?scope=userinfo"), &other, Consent::Allow).await;
        assert_eq!(browser.open(&back).await.status, StatusCode::FOUND);
        assert!(browser.session().is_some());
    })
    .await;
}

#[actix_web::test]
async fn the_way_back_loaded_twice_signs_in_twice_and_makes_one_member() {
    story(async |app| {
        let person = app.person("林小满");
        let mut browser = Browser::new(app);
        let back = browser.visit_wechat(&format!("{START}?scope=userinfo"), &person, Consent::Allow).await;
        for _ in 0..2 {
            let page = browser.open(&back).await;
            assert_eq!((page.status, page.header("location")), (StatusCode::FOUND, "/m/"));
        }
        assert_eq!(app.rows::<member::Entity>().await.len(), 1);
        assert_eq!(app.rows::<session::Entity>().await.len(), 2);
        assert!(app.rows::<identity::Entity>().await.iter().any(|row| row.kind == identity::Kind::UnionId));
        app.advance(TimeDelta::minutes(2));
        let later = browser.open(&back).await;
        assert!(later.header("location").contains("/connect/oauth2/authorize?"), "begun anew, silently: {later:?}");
    })
    .await;
}

#[actix_web::test]
async fn a_state_is_good_for_the_browser_and_the_account_it_was_made_for() {
    story(async |app| {
        let person = app.person("林小满");
        let (mut mine, mut theirs) = (Browser::new(app), Browser::new(app));
        let back = mine.visit_wechat(START, &person, Consent::Allow).await;
        assert_eq!(theirs.open(&back).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(theirs.open("/api/h5/v1/oauth/brand/callback?code=x&state=y").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(mine.open(&back.replace("/brand/", "/shop/")).await.status, StatusCode::NOT_FOUND);
        app.advance(TimeDelta::minutes(11));
        assert_eq!(mine.open(&back).await.status, StatusCode::BAD_REQUEST, "too old");
        assert!(app.rows::<member::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn only_our_own_pages_are_gone_back_to() {
    story(async |app| {
        let mut browser = Browser::new(app);
        for bad in ["//evil.example", "https://evil.example", "/%5Cevil.example", "m", "/m//x"] {
            let refused = browser.open(&format!("{START}?return={bad}")).await;
            assert_eq!(
                (refused.status, &refused.body["errors"][0]["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("return")),
                "{bad}"
            );
        }
        assert_eq!(browser.open("/api/h5/v1/oauth/nobody/start").await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.open(&format!("{START}?scope=everything")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[actix_web::test]
async fn snapshots_and_refusals_leave_nobody_behind() {
    story(async |app| {
        let person = app.person("林小满");
        for (consent, word) in [(Consent::Snapshot, "snapshot"), (Consent::Refuse, "refused")] {
            let mut browser = Browser::new(app);
            let back = browser.visit_wechat(&format!("{START}?scope=userinfo&return=/m/x"), &person, consent).await;
            let page = browser.open(&back).await;
            assert_eq!(page.header("location"), format!("/m/x?wechat={word}"));
            assert_eq!(browser.session(), None);
        }
        assert!(app.rows::<member::Entity>().await.is_empty() && app.rows::<session::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_lost_answer_begins_anew_and_gives_up_after_a_while() {
    story(async |app| {
        let person = app.person("林小满");
        let lost = NewFault { times: None, ..NewFault::once("/sns/oauth2/access_token", FaultKind::ResetAfter) };
        app.sandbox.add_fault(lost).expect("a fault");
        let mut browser = Browser::new(app);
        let mut next = browser.open(START).await.header("location").to_owned();
        for _ in 0..2 {
            let back = app.sandbox.authorize(&person.id, &next, Consent::Allow).expect("WeChat's page").redirect;
            next = browser.open(&back).await.header("location").to_owned();
            assert!(next.contains("/connect/oauth2/authorize?"), "{next}");
        }
        let back = app.sandbox.authorize(&person.id, &next, Consent::Allow).expect("WeChat's page").redirect;
        assert_eq!(browser.open(&back).await.header("location"), "/m/?wechat=failed");
        assert!(app.rows::<session::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn pages_on_our_hosts_are_signed_and_others_are_not() {
    story(async |app| {
        let sign = async |url: &str| app.get(&format!("/api/h5/v1/js-sdk/brand?url={url}")).await;
        let signed = sign("http%3A%2F%2F127.0.0.1%3A8080%2Fm%2F").await;
        assert_eq!(signed.status, StatusCode::OK, "{signed:?}");
        assert_eq!(signed.body["signature"].as_str().map(str::len), Some(40));
        assert!(signed.body["appId"].is_string() && signed.body["nonceStr"].is_string());
        for bad in ["https%3A%2F%2Fevil.example%2F", "nothing"] {
            assert_eq!(sign(bad).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        assert_eq!(app.get("/api/h5/v1/js-sdk/nobody?url=x").await.status, StatusCode::NOT_FOUND);
        let tickets = app.sandbox.calls(1000).iter().filter(|call| call.path.contains("getticket")).count();
        sign("http%3A%2F%2F127.0.0.1%3A8080%2Fm%2Fother").await;
        let after = app.sandbox.calls(1000).iter().filter(|call| call.path.contains("getticket")).count();
        assert_eq!((tickets, after), (1, 1), "the ticket is kept");
    })
    .await;
}
