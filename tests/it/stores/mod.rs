//! Stores, whose home they are, and who sees whom for it.

mod books;
mod counter;
mod homes;
mod news;
mod plans;
mod scope;

use entity::{
    identity::member,
    types::{MemberId, StoreId},
};
use sea_orm::EntityTrait;

use crate::support::TestApp;

/// The home store of a member, under whichever name.
async fn home(app: &TestApp, member: MemberId) -> Option<StoreId> {
    let row = member::Entity::find_by_id(member).one(app.app.db.read()).await.expect("an answer");
    row.expect("a member").store_id
}
