//! Short words for what people show of themselves.

use entity::{
    identity::{conflict, identity, identity::Source, member},
    types::{MemberId, StaffId},
};
use huilian::{
    identity::{Claim, Claims, Outcome, resolve},
    infra::{clock::Time, db::Tx},
};

use crate::support::TestApp;

/// One value of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shows {
    /// OpenID of this number at this account.
    OpenId(&'static str, u32),
    UnionId(u32),
    Phone(u32),
    Card(u32),
}

use Shows::{Card, OpenId, Phone, UnionId};

pub fn claim(app: &TestApp, shows: Shows) -> Claim {
    match shows {
        OpenId(account, number) => Claim::open_id(
            &account.parse().expect("an account key"),
            &format!("oPerson{number:021}").parse().expect("an OpenID"),
        ),
        UnionId(number) => Claim::union_id(&format!("uPerson{number:021}").parse().expect("a UnionID")),
        Phone(number) => {
            let phone = format!("138{number:08}").parse().expect("a phone");
            Claim::phone(&app.app.vault, &phone).expect("a vault")
        }
        Card(number) => Claim::card("pos", &format!("{number:08}")),
    }
}

pub fn claims_at(app: &TestApp, source: Source, at: Time, shows: &[Shows]) -> Claims {
    Claims { source, at, claims: shows.iter().map(|shows| claim(app, *shows)).collect() }
}

pub fn claims(app: &TestApp, source: Source, shows: &[Shows]) -> Claims {
    claims_at(app, source, app.clock.now(), shows)
}

pub async fn show(app: &TestApp, source: Source, shows: &[Shows]) -> Outcome {
    let claims = claims(app, source, shows);
    app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member")
}

/// What WeChat has checked.
pub async fn wechat(app: &TestApp, shows: &[Shows]) -> Outcome {
    show(app, Source::MiniLogin, shows).await
}

/// What older records say.
pub async fn import(app: &TestApp, shows: &[Shows]) -> Outcome {
    show(app, Source::Import, shows).await
}

/// Who has a value.
pub async fn holder(app: &TestApp, shows: Shows) -> Option<MemberId> {
    huilian::identity::find(app.app.db.read(), &claim(app, shows)).await.expect("an answer")
}

/// The phone to call of a member, by its place among those of the test.
pub async fn current_phone(app: &TestApp, member: MemberId, among: &[u32]) -> Option<u32> {
    let rows = app.rows::<identity::Entity>().await;
    let current: Vec<_> = rows.iter().filter(|row| row.member_id == member && row.current).collect();
    assert!(current.len() <= 1, "{current:?}");
    let mut found = None;
    for number in among {
        let phone = format!("+86138{number:08}");
        if current.iter().any(|row| row.key == app.app.vault.blind("identity.phone", &phone)) {
            found = Some(*number);
        }
    }
    found
}

pub async fn members(app: &TestApp) -> Vec<member::Model> {
    app.rows::<member::Entity>().await
}

/// Kinds and states of all conflicts.
pub async fn conflicts(app: &TestApp) -> Vec<(conflict::Kind, conflict::State)> {
    app.rows::<conflict::Entity>().await.into_iter().map(|row| (row.kind, row.state)).collect()
}
/// Somebody of the staff, as far as records name them.
pub fn somebody(app: &TestApp) -> StaffId {
    app.app.random.id(app.clock.now())
}
