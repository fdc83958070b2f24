//! What the robot answers, as staff set it.

use actix_web::{
    HttpResponse, delete, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    chat::reply_rule::{ActiveModel, Column, Entity, Model},
    types::{AccountKey, ReplyRuleId},
};
use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Replies},
    chat::{
        book::{self, Book},
        rule::{Action, Condition},
    },
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        problem::Problem,
    },
    infra::{
        cache::Cache,
        db::{Db, Tx},
    },
    wechat::account::Accounts,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(change).service(remove);
}

/// Which rules.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this account.
    #[garde(skip)]
    account: Option<AccountKey>,
}

/// A reply rule.
#[derive(Debug, Serialize, ToSchema)]
struct ReplyRule {
    id: ReplyRuleId,
    account: AccountKey,
    name: String,
    condition: Condition,
    action: Action,
    priority: i32,
    enabled: bool,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for ReplyRule {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account,
            name: row.name,
            condition: serde_json::from_value(row.condition)?,
            action: serde_json::from_value(row.action)?,
            priority: row.priority,
            enabled: row.enabled,
            updated_at: row.updated_at,
        })
    }
}

/// A rule as staff write it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    #[garde(skip)]
    account: AccountKey,
    #[garde(length(chars, min = 1, max = 60))]
    name: String,
    #[garde(dive)]
    condition: Condition,
    #[garde(dive)]
    action: Action,
    /// Rules are tried from the highest priority down.
    #[garde(range(min = -1000, max = 1000))]
    #[serde(default)]
    priority: i32,
    #[garde(skip)]
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// The rules in the order in which they are tried
#[utoipa::path(tag = "replies", params(Filter), security(("bearer" = ["replies"])), responses((status = 200, body = Vec<ReplyRule>), (status = 403, body = Problem)))]
#[get("/reply-rules")]
async fn list(_: Staff<Replies>, filter: ValidQuery<Filter>, db: Data<Db>) -> Result<Json<Vec<ReplyRule>>> {
    let mut rows = Entity::find();
    if let Some(account) = &filter.account {
        rows = rows.filter(Column::Account.eq(account.clone()));
    }
    let rows = rows.order_by_desc(Column::Priority).order_by_asc(Column::Id).all(db.read()).await?;
    Ok(Json(rows.into_iter().map(ReplyRule::try_from).collect::<Result<_>>()?))
}

/// Add a rule; it works at once
#[utoipa::path(tag = "replies", request_body = Draft, security(("bearer" = ["replies"])), responses((status = 201, body = ReplyRule), (status = 422, body = Problem)))]
#[post("/reply-rules")]
async fn create(
    _: Staff<Replies>,
    body: Valid<Draft>,
    db: Data<Db>,
    cache: Data<Cache>,
    rules: Data<Book>,
    accounts: Data<Accounts>,
) -> Result<HttpResponse> {
    let Valid(draft) = body;
    known(&accounts, &draft.account)?;
    let row = db
        .tx(async |tx: &Tx| {
            let row = ActiveModel {
                id: Set(tx.id()),
                account: Set(draft.account.clone()),
                config_key: Set(None),
                name: Set(draft.name.clone()),
                condition: Set(serde_json::to_value(&draft.condition)?),
                action: Set(serde_json::to_value(&draft.action)?),
                priority: Set(draft.priority),
                enabled: Set(draft.enabled),
                created_at: Set(tx.now()),
                updated_at: Set(tx.now()),
            };
            Ok(Entity::insert(row).exec_with_returning(tx.db()).await?)
        })
        .await?;
    spread(&db, &cache, &rules).await?;
    Ok(HttpResponse::Created().json(ReplyRule::try_from(row)?))
}

/// Change a rule; it works at once
#[utoipa::path(tag = "replies", request_body = Draft, params(("id" = ReplyRuleId, Path)), security(("bearer" = ["replies"])), responses((status = 200, body = ReplyRule), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/reply-rules/{id}")]
async fn change(
    _: Staff<Replies>,
    id: Path<ReplyRuleId>,
    body: Valid<Draft>,
    db: Data<Db>,
    cache: Data<Cache>,
    rules: Data<Book>,
    accounts: Data<Accounts>,
) -> Result<Json<ReplyRule>> {
    let Valid(draft) = body;
    known(&accounts, &draft.account)?;
    let row = db
        .tx(async |tx: &Tx| {
            Entity::update_many()
                .col_expr(Column::Account, Expr::value(draft.account.clone()))
                .col_expr(Column::Name, Expr::value(draft.name.clone()))
                .col_expr(Column::Condition, Expr::value(serde_json::to_value(&draft.condition)?))
                .col_expr(Column::Action, Expr::value(serde_json::to_value(&draft.action)?))
                .col_expr(Column::Priority, Expr::value(draft.priority))
                .col_expr(Column::Enabled, Expr::value(draft.enabled))
                .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
                .filter(Column::Id.eq(*id))
                .exec(tx.db())
                .await?;
            Entity::find_by_id(*id).one(tx.db()).await?.ok_or_else(|| Error::new(Code::NotFound))
        })
        .await?;
    spread(&db, &cache, &rules).await?;
    Ok(Json(row.try_into()?))
}

/// Remove a rule; it is silent at once
#[utoipa::path(tag = "replies", params(("id" = ReplyRuleId, Path)), security(("bearer" = ["replies"])), responses((status = 204), (status = 404, body = Problem)))]
#[delete("/reply-rules/{id}")]
async fn remove(
    _: Staff<Replies>,
    id: Path<ReplyRuleId>,
    db: Data<Db>,
    cache: Data<Cache>,
    rules: Data<Book>,
) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| match Entity::delete_by_id(*id).exec(tx.db()).await?.rows_affected {
        0 => Err(Error::new(Code::NotFound)),
        _ => Ok(()),
    })
    .await?;
    spread(&db, &cache, &rules).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn known(accounts: &Accounts, account: &AccountKey) -> Result<()> {
    accounts.get(account).map(|_| ()).ok_or_else(|| Error::invalid("account", "there is no such account"))
}

/// Lets this node and the others work by the rules as they are now.
async fn spread(db: &Db, cache: &Cache, rules: &Book) -> Result<()> {
    rules.reload(db).await?;
    cache.wake(book::TOPIC);
    Ok(())
}
