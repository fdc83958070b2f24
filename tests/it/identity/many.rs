//! Many people at once are the same people as one after the other.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    identity::{
        conflict,
        identity::{self, Kind, Source},
        identity_link, member, merge,
    },
    types::MemberId,
};
use huilian::{
    identity::{Claims, resolve, resolve_many},
    infra::{db::Tx, random::Random},
};

use super::people::{
    Shows::{self, Card, OpenId, Phone},
    claims, show,
};
use crate::support::{TestApp, story};

/// Who has what, members being named by the values they have.
async fn partition(app: &TestApp) -> BTreeSet<BTreeSet<(Kind, String, bool)>> {
    let mut people: BTreeMap<MemberId, BTreeSet<(Kind, String, bool)>> = BTreeMap::new();
    for row in app.rows::<identity::Entity>().await {
        people.entry(row.member_id).or_default().insert((row.kind, row.key, row.current));
    }
    people.into_values().collect()
}

/// What was there before: some with WeChat, some from staff, some from older files.
async fn known(app: &TestApp) {
    for n in 0..6 {
        show(app, Source::WechatPhone, &[OpenId("brand", n), Phone(n)]).await;
    }
    for n in 4..9 {
        show(app, Source::Staff, &[Card(n), Phone(n + 10)]).await;
        show(app, Source::Person, &[Card(n + 20), Phone(n + 30)]).await;
    }
    for n in 6..12 {
        show(app, Source::Import, &[Card(n + 10), Phone(n)]).await;
    }
}

/// Rows of a file that touch what was there and each other at random.
fn rows(random: &Random) -> Vec<Vec<Shows>> {
    let number = |bound| u32::try_from(random.below(bound)).expect("a number");
    let row = |_| match random.below(4) {
        0 => vec![Card(number(45))],
        1 => vec![Phone(number(45))],
        2 => vec![Card(number(45)), Phone(number(45))],
        _ => vec![Card(number(45)), Card(number(45)), Phone(number(45))],
    };
    (0..40).map(row).collect()
}

#[actix_web::test]
async fn they_are_the_same_people_as_one_after_the_other() {
    for seed in 0..12 {
        let rows = rows(&Random::seeded(seed));
        let (apart, together) = (outcome(&rows, false).await, outcome(&rows, true).await);
        assert_eq!(apart, together, "seed {seed}");
    }
}

type Made = (BTreeSet<BTreeSet<(Kind, String, bool)>>, [usize; 3], Vec<bool>);

async fn outcome(rows: &[Vec<Shows>], together: bool) -> Made {
    let mut made = None;
    story(async |app| {
        known(app).await;
        app.advance(chrono::TimeDelta::minutes(1));
        let people: Vec<Claims> = rows.iter().map(|row| claims(app, Source::Import, row)).collect();
        let db = &app.app.db;
        let created = if together {
            let all = db.tx(async |tx: &Tx| resolve_many(tx, &people).await).await.expect("members");
            all.into_iter().map(|(_, outcome)| outcome.created).collect()
        } else {
            let mut created = Vec::new();
            for person in &people {
                created.push(db.tx(async |tx: &Tx| resolve(tx, person).await).await.expect("a member").created);
            }
            created
        };
        let active = app.rows::<member::Entity>().await.into_iter().filter(|row| row.state == member::State::Active);
        let counts =
            [active.count(), app.rows::<merge::Entity>().await.len(), app.rows::<conflict::Entity>().await.len()];
        let identities = app.rows::<identity::Entity>().await;
        let linked: BTreeSet<_> =
            app.rows::<identity_link::Entity>().await.into_iter().map(|row| row.identity_id).collect();
        assert!(identities.iter().all(|row| linked.contains(&row.id)), "every link is journalled");
        made = Some((partition(app).await, counts, created));
    })
    .await;
    made.expect("a story")
}
