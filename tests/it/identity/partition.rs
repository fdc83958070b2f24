//! Whatever people show, in whatever order, as often as they like and at the same time: one member each.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use entity::{
    identity::{conflict, identity, identity::Source, member},
    types::MemberId,
};
use futures_util::future::join_all;
use huilian::{identity::resolve, infra::db::Tx};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    prop_assert, prop_assert_eq,
    test_runner::{Config, TestCaseError, TestRunner},
};

use super::people::{
    Shows::{self, Card, OpenId, Phone, UnionId},
    claim, claims,
};
use crate::support::TestApp;

const PEOPLE: u32 = 3;

/// What belongs to a person of a consistent world: an OpenID at each account, one UnionID, one phone that is checked,
/// cards, and an old number that only records know.
fn world(person: u32) -> Vec<Shows> {
    vec![
        OpenId("brand", person),
        OpenId("mini", person + 100),
        OpenId("shop", person + 200),
        UnionId(person),
        Phone(person),
        Card(person),
        Card(person + 100),
        Phone(person + 500),
    ]
}

/// How many of them WeChat may show; records know the phone and what follows.
const BY_WECHAT: usize = 5;

#[derive(Clone, Debug)]
struct Showing {
    source: Source,
    shows: Vec<Shows>,
}

fn showings() -> impl Strategy<Value = (Vec<Showing>, usize)> {
    let one = (0..PEOPLE, any::<bool>(), 1..=3_usize).prop_flat_map(|(person, wechat, count)| {
        let all = world(person);
        let pool = if wechat { all[..BY_WECHAT].to_vec() } else { all[BY_WECHAT - 1..].to_vec() };
        let source = if wechat { Source::MiniLogin } else { Source::Import };
        let some = prop::sample::subsequence(pool, count).prop_shuffle();
        some.prop_map(move |shows| Showing { source, shows })
    });
    (prop::collection::vec(one, 1..=14), Just(()).prop_flat_map(|()| 1..=5_usize))
}

/// The connected components of what was shown together.
fn components(showings: &[Showing]) -> BTreeSet<BTreeSet<Shows>> {
    let mut components: Vec<BTreeSet<Shows>> = Vec::new();
    for showing in showings {
        let mut joined: BTreeSet<Shows> = showing.shows.iter().copied().collect();
        components.retain(|component| {
            let apart = component.is_disjoint(&joined);
            if !apart {
                joined.extend(component.iter().copied());
            }
            apart
        });
        components.push(joined);
    }
    components.into_iter().collect()
}

/// Who has what, by the rows.
async fn partition(app: &TestApp, places: &BTreeSet<Shows>) -> BTreeSet<BTreeSet<Shows>> {
    let rows = app.rows::<identity::Entity>().await;
    let mut by_member: BTreeMap<MemberId, BTreeSet<Shows>> = BTreeMap::new();
    for place in places {
        let looked_up = claim(app, *place);
        let owner = huilian::identity::find(app.app.db.read(), &looked_up).await.expect("an answer");
        by_member.entry(owner.expect("a member")).or_default().insert(*place);
    }
    assert!(rows.iter().all(|row| by_member.contains_key(&row.member_id)), "nothing else is there");
    by_member.into_values().collect()
}

async fn forget(app: &TestApp) {
    use sea_orm::EntityTrait;
    let db = app.app.db.read();
    identity::Entity::delete_many().exec(db).await.expect("rows");
    member::Entity::delete_many().exec(db).await.expect("rows");
}

#[test]
fn any_order_and_interleaving_ends_in_the_connected_components() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let runs = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&showings(), |(showings, at_once)| {
        runs.set(runs.get() + 1);
        let places: BTreeSet<Shows> = showings.iter().flat_map(|showing| showing.shows.clone()).collect();
        let (found, members) = system.block_on(async {
            forget(&app).await;
            for group in showings.chunks(at_once) {
                let all: Vec<_> = group.iter().map(|one| claims(&app, one.source, &one.shows)).collect();
                let units = all.iter().map(|claims| app.app.db.tx(async |tx: &Tx| resolve(tx, claims).await));
                for outcome in join_all(units).await {
                    assert!(outcome.expect("a member").conflicts.is_empty(), "nothing contradicts");
                }
            }
            (partition(&app, &places).await, app.rows::<member::Entity>().await)
        });
        prop_assert_eq!(&found, &components(&showings));
        let active: BTreeSet<MemberId> =
            members.iter().filter(|row| row.state == member::State::Active).map(|row| row.id).collect();
        prop_assert_eq!(active.len(), found.len(), "nobody is left without a name");
        let aliases = members.iter().filter_map(|row| row.merged_into);
        prop_assert!(aliases.into_iter().all(|winner| active.contains(&winner)), "old names lead to somebody");
        Ok::<(), TestCaseError>(())
    });
    assert!(system.block_on(app.rows::<conflict::Entity>()).is_empty());
    system.block_on(app.finish());
    checked.expect("every order ends in the same people");
    assert!(runs.get() >= 48);
}
