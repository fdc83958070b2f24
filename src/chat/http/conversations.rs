//! The staff inbox: threads, their messages, answering, handing over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    chat::{
        conversation::{Model, State},
        message::{self, Author},
    },
    types::{AccountKey, ConversationId, DeliveryId, MemberId, MessageId, OpenId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Chat},
    chat::{conversations, store},
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{known_by, seen_among},
    infra::db::{Db, Tx},
    members::shown::nicknames,
    reach::{self, DeliveryState, Trigger},
    stores::Scope,
    wechat::{
        account::Accounts,
        message::{CustomMessage, Reply},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(messages).service(say).service(hand_over).service(mark_read);
}

/// Which threads.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this account.
    #[garde(skip)]
    account: Option<AccountKey>,
    /// Only those that the robot, or a human, answers.
    #[garde(skip)]
    state: Option<State>,
}

/// A thread between one person and one account.
#[derive(Debug, Serialize, ToSchema)]
struct Conversation {
    id: ConversationId,
    account: AccountKey,
    /// The last characters of the person's OpenID: enough to tell people apart, too little to use.
    person: String,
    /// Whose OpenID it is, once that is known, and the caller may open them.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberId>,
    /// What they call themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    state: State,
    /// The last words.
    preview: String,
    /// Messages since staff last looked.
    unread: i32,
    last_in_at: Option<DateTime<Utc>>,
    /// Since when words of the person stand without an answer, where staff answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_since: Option<DateTime<Utc>>,
    last_at: DateTime<Utc>,
}

/// Who is on the other side of threads.
struct People {
    members: BTreeMap<(AccountKey, OpenId), MemberId>,
    /// Those whom the caller may open.
    seen: BTreeSet<MemberId>,
    nicknames: BTreeMap<MemberId, String>,
}

impl People {
    async fn of(db: &Db, scope: Scope, rows: &[Model]) -> Result<Self> {
        let members = known_by(db.read(), rows.iter().map(|row| (&row.account, &row.open_id))).await?;
        let nicknames = nicknames(db.read(), members.values().copied()).await?;
        let seen = seen_among(db.read(), scope, members.values().copied()).await?;
        Ok(Self { members, seen, nicknames })
    }

    fn show(&self, row: Model) -> Conversation {
        let person = format!("{:?}", row.open_id);
        let member = self.members.get(&(row.account.clone(), row.open_id)).copied();
        Conversation {
            id: row.id,
            account: row.account,
            person,
            member: member.filter(|member| self.seen.contains(member)),
            nickname: member.and_then(|member| self.nicknames.get(&member)).cloned(),
            state: row.state,
            preview: row.preview,
            unread: row.unread,
            last_in_at: row.last_in_at,
            waiting_since: row.waiting_since,
            last_at: row.last_at,
        }
    }
}

/// Threads with people of the caller's store or of none, or with all; the one that spoke last first
#[utoipa::path(tag = "chat", params(Filter, PageQuery), security(("bearer" = ["chat"])), responses((status = 200, body = Page<Conversation>), (status = 401, body = Problem)))]
#[get("/conversations")]
async fn list(
    caller: Staff<Chat>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Conversation>>> {
    let rows = conversations::list(db.read(), caller.scope(), filter.account.as_ref(), filter.state, &page).await?;
    let place = |row: &Model| Cursor { at: row.last_at, id: row.id.into() };
    let people = People::of(&db, caller.scope(), &rows).await?;
    Ok(Json(page.page(rows, place, |row| people.show(row))))
}

/// What may still be sent to the person, and until when.
#[derive(Debug, Serialize, ToSchema)]
struct Window {
    trigger: Trigger,
    closes_at: DateTime<Utc>,
    /// Messages left.
    left: i32,
}

/// A thread with what may be said in it.
#[derive(Debug, Serialize, ToSchema)]
struct Detail {
    #[serde(flatten)]
    conversation: Conversation,
    /// Open windows, the one that closes first at the front. Empty: WeChat takes no message now.
    windows: Vec<Window>,
}

/// One thread
#[utoipa::path(tag = "chat", params(("id" = ConversationId, Path)), security(("bearer" = ["chat"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/conversations/{id}")]
async fn show(caller: Staff<Chat>, id: Path<ConversationId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = conversations::get(db.read(), caller.scope(), *id).await?;
    let open = reach::windows::open(db.read(), &row.account, &row.open_id, db.now()).await?;
    let windows = open
        .into_iter()
        .map(|window| Window {
            trigger: window.trigger,
            closes_at: window.closes_at,
            left: window.allowed - window.used,
        })
        .collect();
    let people = People::of(&db, caller.scope(), std::slice::from_ref(&row)).await?;
    Ok(Json(Detail { conversation: people.show(row), windows }))
}

/// One message in a thread.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    id: MessageId,
    author: Author,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<StaffId>,
    /// Its type, such as `text` or `event:subscribe`.
    kind: String,
    /// What it says, in one line.
    text: String,
    /// Its fields as WeChat names them.
    content: serde_json::Value,
    /// What became of it, when it went out as a message of our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    at: DateTime<Utc>,
}

/// What became of a message on its way out.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Delivery {
    state: DeliveryState,
    /// WeChat's error code, or our own word for why it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The messages of a thread, the newest first
#[utoipa::path(tag = "chat", params(("id" = ConversationId, Path), PageQuery), security(("bearer" = ["chat"])), responses((status = 200, body = Page<Message>), (status = 404, body = Problem)))]
#[get("/conversations/{id}/messages")]
async fn messages(
    caller: Staff<Chat>,
    id: Path<ConversationId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Message>>> {
    conversations::get(db.read(), caller.scope(), *id).await?;
    let rows = conversations::messages(db.read(), *id, &page).await?;
    let deliveries: HashMap<DeliveryId, Delivery> =
        reach::states(db.read(), rows.iter().filter_map(|row| row.delivery_id))
            .await?
            .into_iter()
            .map(|row| (row.id, Delivery { state: row.state, reason: row.reason }))
            .collect();
    let place = |row: &message::Model| Cursor { at: row.at, id: row.id.into() };
    Ok(Json(page.page(rows, place, |row| Message {
        id: row.id,
        author: row.author,
        staff_id: row.staff_id,
        kind: row.kind,
        text: row.text,
        content: row.content,
        delivery: row.delivery_id.and_then(|id| deliveries.get(&id).cloned()),
        at: row.at,
    })))
}

/// What staff say. Every kind that a reply rule may say.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct Say {
    #[garde(dive)]
    message: Reply,
}

/// A message that is on its way.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Said {
    pub(super) id: MessageId,
}

/// Say something in a thread; the robot is silent from then on
#[utoipa::path(tag = "chat", request_body = Say, params(("id" = ConversationId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["chat"])),
    responses((status = 201, body = Said), (status = 404, body = Problem), (status = 409, description = "WeChat takes no message now", body = Problem)))]
#[post("/conversations/{id}/messages")]
async fn say(
    caller: Staff<Chat>,
    id: Path<ConversationId>,
    key: IdempotencyKey,
    body: Valid<Say>,
    db: Data<Db>,
    accounts: Data<Accounts>,
) -> Result<HttpResponse> {
    let Valid(body) = body;
    let said = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &body, async || {
                let thread = conversations::get(tx.db(), caller.scope(), *id).await?;
                let message = CustomMessage::from_reply(&body.message).ok_or_else(|| {
                    Error::invalid("message", "this kind can only answer a push, not begin a message")
                })?;
                let kind = accounts.get(&thread.account).ok_or_else(|| Error::new(Code::NotFound))?.kind;
                message.validate_with(&kind).map_err(|report| {
                    report.iter().fold(Error::new(Code::Invalid), |error, (path, why)| {
                        error.field(format!("message.{path}"), why.to_string())
                    })
                })?;
                if reach::windows::open(tx.db(), &thread.account, &thread.open_id, tx.now()).await?.is_empty() {
                    return Err(Error::new(Code::WindowClosed));
                }
                Ok(Said { id: conversations::say(tx, &thread, caller.id, &message).await? })
            })
            .await
        })
        .await?;
    Ok(HttpResponse::Created().json(said))
}

/// Who shall answer.
#[derive(Debug, Deserialize, Validate, ToSchema)]
struct HandOver {
    #[garde(skip)]
    state: State,
}

/// Say who answers in a thread: the robot or a human
#[utoipa::path(tag = "chat", request_body = HandOver, params(("id" = ConversationId, Path)), security(("bearer" = ["chat"])), responses((status = 200, body = Conversation), (status = 404, body = Problem)))]
#[put("/conversations/{id}/state")]
async fn hand_over(
    caller: Staff<Chat>,
    id: Path<ConversationId>,
    body: Valid<HandOver>,
    db: Data<Db>,
) -> Result<Json<Conversation>> {
    let row = db
        .tx(async |tx: &Tx| {
            conversations::get(tx.db(), caller.scope(), *id).await?;
            store::hand_over(tx, *id, body.0.state).await?;
            conversations::get(tx.db(), caller.scope(), *id).await
        })
        .await?;
    let people = People::of(&db, caller.scope(), std::slice::from_ref(&row)).await?;
    Ok(Json(people.show(row)))
}

/// Say that a thread has been read
#[utoipa::path(tag = "chat", params(("id" = ConversationId, Path)), security(("bearer" = ["chat"])), responses((status = 204), (status = 404, body = Problem)))]
#[put("/conversations/{id}/read")]
async fn mark_read(caller: Staff<Chat>, id: Path<ConversationId>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| {
        conversations::get(tx.db(), caller.scope(), *id).await?;
        conversations::read(tx, *id).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
