//! What may be said to a member, and what was, under `/api/admin/v1`.

use std::collections::HashMap;

use actix_web::{
    get,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    reach::{
        delivery,
        message::{Model, Purpose, State},
    },
    types::{AccountKey, DeliveryId, MemberId, ReachMessageId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Members},
    error::Result,
    http::{
        body::ValidQuery,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::seen,
    infra::{config::Reach, db::Db},
    reach::{
        ledger::{self, Ledger},
        message,
        wording::Wordings,
    },
    wechat::account::Accounts,
};

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(list);
}

/// What may be said to a member now
#[utoipa::path(tag = "reach", params(("id" = MemberId, Path)), security(("bearer" = ["members"])), responses((status = 200, body = Ledger), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/reach")]
async fn show(
    caller: Staff<Members>,
    id: Path<MemberId>,
    db: Data<Db>,
    accounts: Data<Accounts>,
    wordings: Data<Wordings>,
    limits: Data<Reach>,
) -> Result<Json<Ledger>> {
    let member = seen(db.read(), caller.scope(), *id).await?;
    Ok(Json(ledger::ledger(db.read(), (&accounts, &wordings, &limits), member, db.now()).await?))
}

/// One message to a member, with every try to hand it to WeChat.
#[derive(Debug, Serialize, ToSchema)]
struct MemberMessage {
    id: ReachMessageId,
    /// The named message.
    kind: String,
    /// What it follows from.
    key: String,
    purpose: Purpose,
    state: State,
    /// WeChat's error code, or our own word for why it was not, or not yet, sent.
    reason: Option<String>,
    created_at: DateTime<Utc>,
    /// Not before this moment, while it waits.
    due_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    /// In their order.
    attempts: Vec<Attempt>,
}

/// One handing to WeChat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageAttempt)]
struct Attempt {
    id: DeliveryId,
    channel: delivery::Channel,
    account: AccountKey,
    /// The last characters of the person's OpenID.
    person: String,
    template_id: Option<String>,
    state: delivery::State,
    /// WeChat's error code, or our own word for what happened.
    reason: Option<String>,
    at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

impl From<delivery::Model> for Attempt {
    fn from(row: delivery::Model) -> Self {
        Self {
            id: row.id,
            channel: row.channel,
            account: row.account,
            person: format!("{:?}", row.open_id),
            template_id: row.template_id,
            state: row.state,
            reason: row.reason,
            at: row.created_at,
            settled_at: row.settled_at,
        }
    }
}

/// What a member was told, or was not and why, the latest first
#[utoipa::path(tag = "reach", params(("id" = MemberId, Path), PageQuery), security(("bearer" = ["members"])), responses((status = 200, body = Page<MemberMessage>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/members/{id}/deliveries")]
async fn list(
    caller: Staff<Members>,
    id: Path<MemberId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<MemberMessage>>> {
    let member = seen(db.read(), caller.scope(), *id).await?;
    let rows = message::of(db.read(), member, &page).await?;
    let mut attempts: HashMap<ReachMessageId, Vec<Attempt>> = HashMap::new();
    if !rows.is_empty() {
        let tries = delivery::Entity::find().filter(delivery::Column::MessageId.is_in(rows.iter().map(|row| row.id)));
        for row in tries.order_by_asc(delivery::Column::Id).all(db.read()).await? {
            if let Some(message) = row.message_id {
                attempts.entry(message).or_default().push(row.into());
            }
        }
    }
    let place = |row: &Model| Cursor { at: row.created_at, id: row.id.into() };
    Ok(Json(page.page(rows, place, |row| MemberMessage {
        attempts: attempts.remove(&row.id).unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        key: row.key,
        purpose: row.purpose,
        state: row.state,
        reason: row.reason,
        created_at: row.created_at,
        due_at: (row.state == State::Queued).then_some(row.due_at),
        expires_at: row.expires_at,
        settled_at: row.settled_at,
    })))
}
