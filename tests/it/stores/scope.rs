//! Who is listed and found for whom: every list against a model of homes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    types::{MemberId, StoreId},
};
use huilian::{
    admin::Post,
    identity::{self, merge},
    infra::db::Tx,
    stores::Scope,
};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    identity::people::{
        Shows::{Card, Phone},
        import, somebody,
    },
    support::{StaffActor, TestApp, story},
};

/// Whom a list tells, over all its pages.
async fn listed(staff: &StaffActor<'_>, path: &str, field: &str) -> BTreeSet<String> {
    let (mut told, mut next) = (BTreeSet::new(), String::new());
    loop {
        let page = staff.get(&format!("{path}limit=2{next}")).await;
        assert_eq!(page.status, StatusCode::OK, "{page:?}");
        let items = page.body["items"].as_array().expect("items");
        told.extend(items.iter().map(|item| item[field].as_str().expect("an id").to_owned()));
        match page.body["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return told,
        }
    }
}

/// Members of every home, some of whom have become one: each name with who it is today and their home.
async fn people(app: &TestApp, stores: [StoreId; 2]) -> BTreeMap<MemberId, (MemberId, Option<StoreId>)> {
    let homes = [None, Some(stores[0]), Some(stores[1])];
    let mut people = BTreeMap::new();
    let mut ids = Vec::new();
    for number in 0..9 {
        app.advance(TimeDelta::seconds(1));
        let member = import(app, &[Phone(number), Card(number)]).await.member;
        let home = homes[usize::try_from(number).expect("few") % 3];
        if let Some(store) = home {
            app.app.db.tx(async |tx: &Tx| identity::rehome(tx, member, store).await).await.expect("a home");
        }
        people.insert(member, (member, home));
        ids.push(member);
    }
    // Nobody and one of the first; one of the first and one of the second; one of the second and nobody.
    for (winner, loser) in [(0, 1), (4, 5), (8, 6)] {
        let order = merge::Order {
            winner: ids[winner],
            loser: ids[loser],
            survives: "older",
            cause: entity::identity::merge::Cause::Staff,
            reason: "同一人".to_owned(),
            joined_by: None,
            conflict: None,
            staff: Some(somebody(app)),
        };
        app.app.db.tx(async |tx: &Tx| merge::merge(tx, &order).await).await.expect("a merge");
        let (theirs, lost) = (people[&ids[winner]].1, people[&ids[loser]].1);
        people.insert(ids[winner], (ids[winner], theirs.or(lost)));
        people.insert(ids[loser], (ids[winner], theirs.or(lost)));
    }
    people
}

#[actix_web::test]
async fn every_list_and_every_look_follows_the_home() {
    story(async |app| {
        let stores = [app.store("s1").await, app.store("s2").await];
        let people = people(app, stores).await;
        app.run_jobs().await;
        for (post, scope) in [
            (Post::Headquarters, Scope::All),
            (Post::Manager(stores[0]), Scope::Store(stores[0])),
            (Post::Manager(stores[1]), Scope::Store(stores[1])),
        ] {
            let staff = app.staff_at(post).await;
            let seen: BTreeSet<String> =
                people.values().filter(|(_, home)| scope.has(*home)).map(|(member, _)| member.to_string()).collect();
            assert!(!seen.is_empty() && (seen.len() < 6 || scope == Scope::All), "{seen:?}");
            assert_eq!(listed(&staff, "/api/admin/v1/members?", "id").await, seen, "{scope:?}");
            for (name, (member, home)) in &people {
                let shown = staff.get(&format!("/api/admin/v1/members/{name}")).await;
                let expected = if scope.has(*home) { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(shown.status, expected, "{name} for {scope:?}");
                let read = app.app.db.read();
                let found = identity::seen(read, scope, *name).await.ok();
                assert_eq!(found, scope.has(*home).then_some(*member), "{name} for {scope:?}");
                let among = identity::seen_among(read, scope, [*name]).await.expect("an answer");
                assert_eq!(among.contains(name), scope.has(*home), "{name} for {scope:?}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn threads_and_followers_of_nobody_are_everybodys_and_those_of_others_are_not() {
    story(async |app| {
        let stores = [app.store("s1").await, app.store("s2").await];
        let homes = [None, Some(stores[0]), Some(stores[1])];
        let mut threads = BTreeMap::new();
        for (number, home) in homes.into_iter().enumerate() {
            let person = app.follower(&format!("路人{number}")).await;
            person.say("brand", "在吗").await;
            app.run_jobs().await;
            app.advance(TimeDelta::seconds(1));
            if let Some(store) = home {
                let member: MemberId = person.log_in("shop").await.member().await.parse().expect("an id");
                app.app.db.tx(async |tx: &Tx| identity::rehome(tx, member, store).await).await.expect("a home");
            }
            threads.insert(format!("{:?}", person.open_id("brand")), home);
        }
        app.run_jobs().await;
        for (post, scope) in [
            (Post::Headquarters, Scope::All),
            (Post::Clerk(stores[0]), Scope::Store(stores[0])),
            (Post::Manager(stores[0]), Scope::Store(stores[0])),
            (Post::Manager(stores[1]), Scope::Store(stores[1])),
        ] {
            let staff = app.staff_at(post).await;
            let theirs = threads.iter().filter(|(_, home)| home.is_none() || scope.has(**home));
            let theirs: BTreeSet<String> = theirs.map(|(person, _)| person.clone()).collect();
            assert_eq!(listed(&staff, "/api/admin/v1/conversations?", "person").await, theirs, "{scope:?}");
            if post.role() != Role::Clerk {
                let path = "/api/admin/v1/followers?account=brand&";
                assert_eq!(listed(&staff, path, "person").await, theirs, "{scope:?}");
            }
            let needs = staff.get("/api/admin/v1/needs").await.body;
            assert_eq!(needs["chats"], json!(theirs.len()), "{scope:?}");
            // Whom one may not open one is not told of.
            let page = staff.get("/api/admin/v1/conversations").await.body;
            let opens = page["items"].as_array().expect("threads").iter().filter(|line| line.get("member").is_some());
            let own = if scope == Scope::All { 3 } else { 1 };
            assert_eq!(opens.count(), own, "{page}");
        }
    })
    .await;
}
