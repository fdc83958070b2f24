//! What the pages show of it.

use huilian::{
    admin::Post,
    sample::{CLERK, LOGIN, MANAGER, PASSWORD},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::brand;
use crate::support::{Answered, TestApp};

/// Somebody of the sample brand, signed in with the password that the welcome names.
struct Colleague<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Colleague<'a> {
    async fn sign_in(app: &'a TestApp, login: &str) -> Self {
        let answer = app.post("/api/admin/v1/sessions", &json!({ "login": login, "password": PASSWORD })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        Self { app, token: answer.body["token"].as_str().expect("a token").to_owned() }
    }

    async fn get(&self, path: &str) -> Answered {
        let url = format!("{}/api/admin/v1{path}", self.app.base_url);
        Answered::read(self.app.http.request(Method::GET, url).bearer_auth(&self.token)).await
    }

    /// What a list has on its first page.
    async fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        let items = if answer.body.is_array() { &answer.body } else { &answer.body["items"] };
        items.as_array().unwrap_or_else(|| panic!("{path}: {answer:?}")).clone()
    }
}

/// Different values of a field, in order.
fn values(list: &[Value], field: &str) -> Vec<String> {
    let mut found: Vec<_> = list.iter().filter_map(|one| one[field].as_str().map(str::to_owned)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[actix_web::test]
async fn every_list_of_the_console_has_something_and_the_books_agree() {
    brand(async |app| {
        let staff = Colleague::sign_in(app, LOGIN).await;
        for list in [
            "/stores",
            "/staff",
            "/members",
            "/followers?account=brand",
            "/conversations",
            "/conversations?state=human",
            "/canned-replies",
            "/reply-rules",
            "/channels",
            "/campaigns",
            "/grants",
            "/payouts",
            "/referral-programs",
            "/referrals",
            "/referral-alerts",
            "/share-campaigns",
            "/share-visits",
            "/imports",
            "/conflicts",
            "/merges",
            "/exports",
            "/reconciliations",
            "/audit",
        ] {
            assert!(!staff.list(list).await.is_empty(), "{list} has nothing to show");
        }
        needs_and_figures(&staff).await;
        money(&staff).await;
        invitations(&staff).await;
        members(&staff).await;
        stores(app, &staff).await;
    })
    .await;
}

async fn needs_and_figures(staff: &Colleague<'_>) {
    let needs = staff.get("/needs").await.body;
    for need in ["chats", "approvals", "alerts", "conflicts"] {
        assert!(needs[need].as_u64().is_some_and(|count| count > 0), "{need} of {needs}");
    }
    for need in ["review", "mismatches", "stops", "jobs"] {
        assert_eq!(needs[need], 0, "{need} of {needs}");
    }
    for figure in staff.list("/figures?days=31").await {
        let days = figure["per_day"].as_array().expect("days");
        assert!(days.iter().any(|day| day["count"] != 0), "nothing to draw: {figure}");
    }
}

async fn money(staff: &Colleague<'_>) {
    // The bill of yesterday comes later in the morning.
    let proof = staff.get("/proof?from=2026-10-22&to=2026-11-19").await.body;
    assert_eq!((&proof["balanced"], &proof["budgets"]), (&json!(true), &json!([])), "{proof}");
    assert!(proof["days"]["balanced"].as_i64().is_some_and(|days| days > 20), "{proof}");
    let payouts = staff.list("/payouts?limit=100").await;
    for state in ["paid", "returned", "waiting_user"] {
        assert!(values(&payouts, "state").contains(&state.to_owned()), "{state}: {:?}", values(&payouts, "state"));
    }
    for campaign in staff.list("/campaigns").await {
        let books = staff.get(&format!("/campaigns/{}/books", campaign["id"].as_str().expect("an id"))).await.body;
        assert_eq!(books["agree"], true, "{campaign} {books}");
    }
    let states = values(&staff.list("/campaigns").await, "state");
    assert_eq!(states, ["draft", "running"], "one waits for its approval");
    let owed = staff.get("/points/liability").await;
    assert_eq!(owed.status, StatusCode::OK, "{owed:?}");
}

async fn invitations(staff: &Colleague<'_>) {
    let states = values(&staff.list("/referrals?limit=100").await, "state");
    for state in ["held", "qualified", "registered", "reversed", "rewarded"] {
        assert!(states.contains(&state.to_owned()), "{state} in {states:?}");
    }
    let programs = staff.list("/referral-programs").await;
    let path = format!("/referral-programs/{}", programs[0]["id"].as_str().expect("an id"));
    assert!(staff.list(&format!("{path}/board")).await.len() >= 3, "a leaderboard");
    let campaigns = staff.list("/share-campaigns").await;
    let path = format!("/share-campaigns/{}/values", campaigns[0]["id"].as_str().expect("an id"));
    assert!(!staff.list(&path).await.is_empty(), "somebody has brought something");
    for channel in staff.list("/channels").await {
        let counts =
            format!("/channels/{}/counts?from=2026-09-01&to=2026-11-21", channel["id"].as_str().expect("an id"));
        let counts = staff.get(&counts).await;
        let scans = counts.body["total"]["scans"].as_i64();
        assert!(scans.is_some_and(|scans| scans > 0), "{channel} {counts:?}");
    }
}

async fn members(staff: &Colleague<'_>) {
    let first = staff.list("/members?limit=100").await;
    assert!(first.len() >= 60, "{} members", first.len());
    let (mut soon, mut pending, mut leaving) = (0, 0, 0);
    for member in &first {
        let path = format!("/members/{}", member["id"].as_str().expect("an id"));
        let points = staff.get(&format!("{path}/points")).await.body;
        soon += usize::from(points["expiring_soon"]["points"].as_i64().is_some_and(|points| points > 0));
        pending += usize::from(points["pending"].as_i64().is_some_and(|points| points > 0));
        leaving += staff.list(&format!("{path}/erasures")).await.len();
    }
    assert!(soon > 3 && pending > 3, "{soon} have points that end soon, {pending} points that come");
    assert_eq!(leaving, 1, "somebody wants to be forgotten");
}

/// Staff of a store see only their own people.
async fn stores(app: &TestApp, headquarters: &Colleague<'_>) {
    let all = headquarters.list("/members?limit=100").await.len();
    let manager = Colleague::sign_in(app, MANAGER).await;
    let theirs = manager.list("/members?limit=100").await;
    assert!(!theirs.is_empty() && theirs.len() < all / 2, "{} of {all}", theirs.len());
    let elsewhere = app.staff_at(Post::Manager(app.store("S002").await)).await;
    for member in &theirs {
        let path = format!("/api/admin/v1/members/{}", member["id"].as_str().expect("an id"));
        assert_eq!(elsewhere.get(&path).await.status, StatusCode::NOT_FOUND, "{member} is at home elsewhere");
    }
    let clerk = Colleague::sign_in(app, CLERK).await;
    assert!(!clerk.list("/conversations").await.is_empty());
    assert_eq!(clerk.get("/payouts").await.status, StatusCode::FORBIDDEN);
}
