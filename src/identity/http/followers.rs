//! What staff see of followers, under `/api/admin/v1`.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    identity::{
        follower::{Column, Entity, Model, State},
        follower_sync,
    },
    types::{AccountKey, FollowerId, SyncId},
};
use garde::Validate;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Followers},
    error::{Error, Result},
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{sync, within_or_nobodys},
    infra::db::{Db, Tx},
    wechat::account::{Accounts, Kind},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(start_sync).service(show_sync);
}

/// Which followers.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    #[garde(skip)]
    account: AccountKey,
    #[garde(skip)]
    state: Option<State>,
}

/// A follower.
#[derive(Debug, Serialize, ToSchema)]
struct Follower {
    id: FollowerId,
    account: AccountKey,
    /// The last characters of the OpenID.
    person: String,
    /// Whether WeChat has told a UnionID.
    has_union_id: bool,
    state: State,
    state_at: DateTime<Utc>,
    first_followed_at: Option<DateTime<Utc>>,
    /// Follows so far.
    follows: i32,
    subscribe_scene: Option<String>,
    scene: Option<String>,
    remark: Option<String>,
}

impl From<Model> for Follower {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            account: row.account,
            person: format!("{:?}", row.open_id),
            has_union_id: row.union_id.is_some(),
            state: row.state,
            state_at: row.state_at,
            first_followed_at: row.first_followed_at,
            follows: row.follows,
            subscribe_scene: row.subscribe_scene,
            scene: row.scene,
            remark: row.remark,
        }
    }
}

/// Followers of an account who are members of the caller's store or of none, or all; the one we met last first
#[utoipa::path(tag = "followers", params(Filter, PageQuery), security(("bearer" = ["followers"])), responses((status = 200, body = Page<Follower>), (status = 403, body = Problem)))]
#[get("/followers")]
async fn list(
    caller: Staff<Followers>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Follower>>> {
    let theirs = within_or_nobodys(caller.scope(), Column::Account, Column::OpenId);
    let mut rows = Entity::find().filter(theirs).filter(Column::Account.eq(filter.account.clone()));
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(FollowerId::from(id)));
        rows = rows.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same_moment));
    }
    let rows = rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch());
    let place = |row: &Model| Cursor { at: row.created_at, id: row.id.into() };
    Ok(Json(page.page(rows.all(db.read()).await?, place, Follower::from)))
}

/// Which account to synchronise.
#[derive(Debug, Deserialize, Validate, ToSchema)]
struct StartSync {
    #[garde(skip)]
    account: AccountKey,
}

/// A run of the synchronisation.
#[derive(Debug, Serialize, ToSchema)]
struct Sync {
    id: SyncId,
    account: AccountKey,
    state: follower_sync::State,
    /// How many followers WeChat counts.
    total: i64,
    /// How many have been read.
    done: i64,
    /// How many were new, changed or gone.
    changed: i64,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    error: Option<String>,
}

impl From<follower_sync::Model> for Sync {
    fn from(row: follower_sync::Model) -> Self {
        Self {
            id: row.id,
            account: row.account,
            state: row.state,
            total: row.total,
            done: row.done,
            changed: row.changed,
            started_at: row.started_at,
            finished_at: row.finished_at,
            error: row.error,
        }
    }
}

/// Read all followers of an account from WeChat; a run that is under way is given instead of a second one
#[utoipa::path(tag = "followers", request_body = StartSync, security(("bearer" = ["followers"])), responses((status = 202, body = Sync), (status = 422, body = Problem)))]
#[post("/followers/sync")]
async fn start_sync(
    _: Staff<Followers>,
    body: Valid<StartSync>,
    db: Data<Db>,
    accounts: Data<Accounts>,
) -> Result<HttpResponse> {
    let account = body.0.account;
    if accounts.get(&account).is_none_or(|account| account.kind != Kind::Official) {
        return Err(Error::invalid("account", "there is no such official account"));
    }
    let run = db.tx(async |tx: &Tx| sync::start(tx, &account).await).await?;
    Ok(HttpResponse::Accepted().json(Sync::from(run)))
}

/// How far a run is
#[utoipa::path(tag = "followers", params(("id" = SyncId, Path)), security(("bearer" = ["followers"])), responses((status = 200, body = Sync), (status = 404, body = Problem)))]
#[get("/followers/sync/{id}")]
async fn show_sync(_: Staff<Followers>, id: Path<SyncId>, db: Data<Db>) -> Result<Json<Sync>> {
    Ok(Json(sync::get(db.read(), *id).await?.into()))
}
