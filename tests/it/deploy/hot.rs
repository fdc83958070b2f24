//! Statements of the flows that happen most name the column by which their table would be distributed, or stand here with the
//! reason why they do not.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use entity::admin::staff::Role;
use huilian::{app::App, belongings::BELONGINGS, identity::belonging::Belongings, infra::db::Db, reactions::reactions};
use regex::Regex;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::json;

use super::distribution;
use crate::{
    points, referral, rewards,
    support::{TestApp, open, story},
};

/// A row whose column the caller has read before: on several databases the statement would say it, too.
const AT_HAND: &str = "one row by its id, whose column is at hand and would be named as well";

/// Statements that do not name the column: the table, words of theirs, and why.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("conversation", r#"WHERE "conversation"."id" ="#, AT_HAND),
    ("delivery", r#"WHERE "delivery"."id" ="#, AT_HAND),
    ("follower", r#"WHERE "follower"."id" ="#, AT_HAND),
    ("identity", r#"WHERE "identity"."id" ="#, AT_HAND),
    ("reward_grant", r#"WHERE "reward_grant"."id" ="#, AT_HAND),
    ("conversation", r#"WHERE "conversation"."state" ="#, "the inbox of staff: everybody who waits"),
    ("identity", r#""identity"."kind" = "#, "who is this? The member is the answer: a table by key would lead there"),
    ("member", r#"WHERE "member"."merged_into" ="#, "former names, seldom any: asked of all"),
    ("referral", r#"WHERE "referral"."program_id" ="#, "the proof of a program walks over all of it"),
    ("referral_code", r#"WHERE "referral_code"."code" "#, "whose code is this? The member is the answer"),
    ("reward_grant", r#"WHERE "reward_grant"."key" ="#, "a key is given once over all people, whoever says it"),
    ("session", r#""session"."token_digest" ="#, "whose token is this? The person is the answer"),
];

type Heard = Arc<Mutex<BTreeSet<String>>>;

/// The application's database as it is used, with ears.
async fn listening(app: &TestApp) -> (Db, Heard) {
    let heard = Heard::default();
    let ears = Arc::clone(&heard);
    let mut connection = open(app.app.config.database.url.expose_secret()).await;
    connection.set_metric_callback(move |info| {
        ears.lock().expect("ears").insert(info.statement.sql.clone());
    });
    let App { clock, random, cache, config, .. } = app.app.clone();
    let db = Db::new(connection, clock, random, cache, reactions());
    (db.handing(Belongings(BELONGINGS)).handing(config.rewards), heard)
}

/// What happens most: pushes, answers, sign-ins, a phone, points, a grant, an invitation, a word of staff.
async fn live(app: &TestApp) {
    let person = app.follower("林小满").await;
    person.say("brand", "会员").await;
    person.say("brand", "人工").await;
    let threads = app.staff(Role::Headquarters).await.get("/api/admin/v1/conversations?state=human").await;
    let thread = threads.body["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{threads:?}")).to_owned();
    let answer = json!({ "message": { "kind": "text", "content": "您好" } });
    let path = format!("/api/admin/v1/conversations/{thread}/messages");
    let said = app.staff(Role::Headquarters).await.post_once(&path, "hot-word-0001", &answer).await;
    assert!(said.status.is_success(), "{said:?}");
    app.run_jobs().await;

    let consumer = person.log_in("shop").await;
    assert!(consumer.give_phone("13800000001").await.status.is_success());
    for path in ["/api/mini/v1/points", "/api/mini/v1/profile", "/api/mini/v1/grants"] {
        let answer = consumer.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
    }
    let member = consumer.member().await.parse().expect("a member");
    points::given(app, &points::gift(member, 50, "hot-gift")).await;
    points::try_spend(app, &points::purchase(member, 20, "hot-purchase")).await.expect("points");
    let campaign =
        rewards::running(app, json!({ "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 5 } }));
    let campaign = campaign.await;
    rewards::give(app, member, campaign, "hot").await;

    let program = referral::running(app, json!({})).await;
    let code = consumer.put(&format!("/api/mini/v1/referral-programs/{program}/code"), &json!({})).await;
    let code = code.body["code"].as_str().unwrap_or_else(|| panic!("{code:?}")).to_owned();
    let friend = app.person("王大力").log_in("shop").await;
    let touched = friend.post("/api/mini/v1/touches", &json!({ "code": code, "carrier": "link" })).await;
    assert!(touched.status.is_success(), "{touched:?}");
    app.run_jobs().await;
}

/// The tables that a statement reads or writes.
fn tables(sql: &str) -> BTreeSet<String> {
    let named = Regex::new(r#"(?:FROM|JOIN|UPDATE|INTO) "?([a-z_]+)"?"#).expect("a pattern");
    named.captures_iter(sql).map(|one| one[1].to_owned()).collect()
}

/// Whether a statement says which rows of the table it is about by the column.
fn names(sql: &str, column: &str) -> bool {
    let word = Regex::new(&format!(r"\b{column}\b")).expect("a pattern");
    let about = if sql.starts_with("INSERT") {
        sql
    } else {
        sql.find(" WHERE ").or_else(|| sql.find(" ON ")).and_then(|at| sql.get(at..)).unwrap_or_default()
    };
    word.is_match(about)
}

fn excused(table: &str, sql: &str) -> Option<usize> {
    ELSEWHERE.iter().position(|(name, words, _)| *name == table && sql.contains(words))
}

#[actix_web::test]
async fn every_hot_statement_names_its_column_or_says_why_not() {
    story(async |app| {
        let (db, heard) = listening(app).await;
        let node = app.node_on(db);
        app.sandbox.set_callback_base(&node.base_url);
        live(&node).await;
        let heard = heard.lock().expect("ears").clone();
        let (mut seen, mut broken, mut used) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        let statements = heard.iter().filter(|sql| verbs.iter().any(|verb| sql.starts_with(verb)));
        for sql in statements {
            for table in tables(sql) {
                let Some(column) = distribution::column(&table) else { continue };
                seen.insert(table.clone());
                if !names(sql, column) {
                    match excused(&table, sql) {
                        Some(place) => drop(used.insert(place)),
                        None => drop(broken.insert(format!("{table} by {column}: {sql}"))),
                    }
                }
            }
        }
        for table in
            ["push", "follower", "conversation", "message", "identity", "session", "points_lot", "reward_grant"]
        {
            assert!(seen.contains(table), "nothing was heard of {table}: {seen:?}");
        }
        assert!(broken.is_empty(), "{broken:#?}");
        assert_eq!(used.len(), ELSEWHERE.len(), "an exception that nothing needs: {used:?}");
        node.finish().await;
        app.run_jobs().await;
    })
    .await;
}
