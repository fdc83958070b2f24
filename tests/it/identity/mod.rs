//! Who is it? Followers as WeChat's pushes and answers show them, and what is left of people who withdraw.

mod belongings;
mod chains;
mod contradictions;
mod erasure;
mod followers;
mod inbox;
mod many;
mod members;
pub mod merge;
pub mod oauth;
mod order;
pub mod owned;
mod partition;
pub mod people;
mod phone;
pub mod plans;
mod refresh;
mod resolve;
mod sessions;
mod sync;

use entity::{identity::follower, types::OpenId};
use huilian::wechat::client::Api;

use crate::support::TestApp;

/// Our record of a person at the official account.
async fn record(app: &TestApp, open_id: &OpenId) -> follower::Model {
    let rows = app.rows::<follower::Entity>().await;
    rows.into_iter().find(|row| row.open_id == *open_id && row.account.as_str() == "brand").expect("a follower")
}

/// WeChat's calls for the official account.
fn api(app: &TestApp) -> Api {
    app.app.wechat.of(&"brand".parse().expect("an account key")).expect("an account")
}

/// What happens meanwhile is never pushed to us.
pub(crate) async fn unheard(app: &TestApp, meanwhile: impl AsyncFnOnce()) {
    // Nobody listens on port 1.
    app.sandbox.set_callback_base("http://127.0.0.1:1");
    meanwhile().await;
    app.sandbox.set_callback_base(&app.base_url);
}
