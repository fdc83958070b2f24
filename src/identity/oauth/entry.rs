//! What member pages have to know before anybody is known, under `/api/h5/v1`: by which accounts people sign in.

use actix_web::{
    get,
    web::{Data, Json},
};
use entity::types::AccountKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    infra::config,
    wechat::{account::Kind, client::WeChat},
};

/// An official account by which people sign in to member pages.
#[derive(Debug, Serialize, ToSchema)]
struct EntryAccount {
    key: AccountKey,
    /// How it is called, which is how the brand is.
    name: String,
}

/// What member pages begin with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagesEntry)]
struct Entry {
    /// Ordered by key; who has no reason for another one takes the first.
    accounts: Vec<EntryAccount>,
    /// The origin of the sandbox, where one plays WeChat.
    sandbox: Option<String>,
}

/// By which accounts do people sign in to member pages?
#[utoipa::path(tag = "consumer", responses((status = 200, body = Entry)))]
#[get("/entry")]
pub(super) async fn entry(wechat: Data<WeChat>, settings: Data<config::WeChat>) -> Json<Entry> {
    let official = wechat.accounts().iter().filter(|account| account.kind == Kind::Official);
    let accounts =
        official.map(|account| EntryAccount { key: account.key.clone(), name: account.name.clone() }).collect();
    Json(Entry { accounts, sandbox: settings.sandbox() })
}
