//! The brand's accounts and merchants, as they are named, and how accounts are, as far as that is known here: nobody asks
//! WeChat for it.

use std::net::IpAddr;

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::types::{AccountKey, MerchantKey};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        rights::{Anybody, Campaigns, Operations},
    },
    error::{Code, Error, Result},
    http::problem::Problem,
    infra::db::Db,
    wechat::{
        account::Kind,
        client::{Obstacle, WeChat},
        errcode::meaning,
        last_push,
        pay::Pay,
        quota::Usage,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(health).service(list_merchants);
}

/// An official account or mini program of the brand.
#[derive(Debug, Serialize, ToSchema)]
struct Account {
    key: AccountKey,
    kind: Kind,
    /// The name that people see.
    name: String,
}

/// The brand's accounts
#[utoipa::path(tag = "accounts", security(("bearer" = ["anybody"])), responses((status = 200, body = Vec<Account>), (status = 401, body = Problem)))]
#[get("/accounts")]
async fn list(_: Staff<Anybody>, wechat: Data<WeChat>) -> Json<Vec<Account>> {
    let accounts = wechat.accounts().iter();
    Json(accounts.map(|one| Account { key: one.key.clone(), kind: one.kind, name: one.name.clone() }).collect())
}

/// How an account is.
#[derive(Debug, Serialize, ToSchema)]
struct AccountHealth {
    /// Until when WeChat accepts the token that we have; none when there is none, which is no fault before the first call.
    token_until: Option<DateTime<Utc>>,
    /// When WeChat last delivered something; none when that was not among the latest 20,000 pushes of all accounts.
    last_push_at: Option<DateTime<Utc>>,
    /// What was called today.
    calls: Vec<Calls>,
    /// What staff have to mend.
    alarms: Vec<Alarm>,
}

/// Calls of one API of WeChat, counted by ourselves for the day in Asia/Shanghai.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountCalls)]
struct Calls {
    path: &'static str,
    used: u64,
    /// Until when calls are held back, because a quota is used up or something is set up wrongly.
    held_until: Option<DateTime<Utc>>,
}

impl From<Usage> for Calls {
    fn from(Usage { path, used, held_until }: Usage) -> Self {
        Self { path, used, held_until }
    }
}

/// What WeChat refuses until staff have done something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountAlarm)]
struct Alarm {
    path: &'static str,
    /// WeChat's code.
    errcode: i64,
    /// What it means.
    reason_zh: &'static str,
    reason_en: &'static str,
    since: DateTime<Utc>,
    last: DateTime<Utc>,
    /// The address of ours that has to go on the allow-list.
    #[schema(value_type = Option<String>)]
    rejected_ip: Option<IpAddr>,
}

impl Alarm {
    fn of((path, obstacle): (&'static str, Obstacle)) -> Self {
        let Obstacle { errcode, since, last, rejected_ip, .. } = obstacle;
        let (reason_en, reason_zh) = meaning(errcode);
        Self { path, errcode, reason_zh, reason_en, since, last, rejected_ip }
    }
}

/// How an account is: its token, what was called today, when WeChat last delivered something, and what has to be mended
#[utoipa::path(tag = "accounts", params(("key" = AccountKey, Path, example = "brand")), security(("bearer" = ["operations"])), responses((status = 200, body = AccountHealth), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/accounts/{key}/health")]
async fn health(
    _: Staff<Operations>,
    key: Path<AccountKey>,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<Json<AccountHealth>> {
    wechat.accounts().get(&key).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Json(AccountHealth {
        token_until: wechat.token_until(&key).await,
        last_push_at: last_push::of(db.read(), &key).await?,
        calls: wechat.quotas(&key).await.into_iter().map(Calls::from).collect(),
        alarms: wechat.alarms_of(&key).await.into_iter().map(Alarm::of).collect(),
    }))
}

/// A merchant of WeChat Pay.
#[derive(Debug, Serialize, ToSchema)]
struct MerchantName {
    key: MerchantKey,
    name: String,
    /// The accounts in which it can pay people.
    accounts: Vec<AccountKey>,
}

/// The brand's merchants of WeChat Pay
#[utoipa::path(tag = "accounts", security(("bearer" = ["campaigns"])), responses((status = 200, body = Vec<MerchantName>), (status = 403, body = Problem)))]
#[get("/merchants")]
async fn list_merchants(_: Staff<Campaigns>, pay: Data<Pay>) -> Json<Vec<MerchantName>> {
    let named = pay.merchants().map(|merchant| {
        let settings = merchant.settings();
        let accounts = settings.apps.keys().cloned().collect();
        MerchantName { key: settings.key.clone(), name: settings.name.clone(), accounts }
    });
    Json(named.collect())
}
