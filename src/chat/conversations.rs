//! Threads as staff see and answer them.

use std::collections::BTreeSet;

use entity::{
    chat::{
        conversation::{self, Column, Model, State},
        message::{self, Author},
    },
    types::{AccountKey, ConversationId, MessageId, StaffId},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use super::{
    content,
    store::{self, NewMessage, Thread},
};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    identity::within_or_nobodys,
    infra::{
        clock::Time,
        db::{Db, Tx, count_up_to},
        news::{Need, News},
    },
    reach,
    stores::Scope,
    wechat::message::CustomMessage,
};

/// Threads with people of a scope or of no store, the one that spoke last first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    account: Option<&AccountKey>,
    state: Option<State>,
    page: &PageQuery,
) -> Result<Vec<Model>> {
    let mut rows = of(scope);
    if let Some(account) = account {
        rows = rows.filter(Column::Account.eq(account.clone()));
    }
    if let Some(state) = state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Condition::all().add(Column::LastAt.eq(at)).add(Column::Id.lt(ConversationId::from(id)));
        rows = rows.filter(Condition::any().add(Column::LastAt.lt(at)).add(same_moment));
    }
    Ok(rows.order_by_desc(Column::LastAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

fn of(scope: Scope) -> Select<conversation::Entity> {
    conversation::Entity::find().filter(within_or_nobodys(scope, Column::Account, Column::OpenId))
}

/// Which of these threads are with people of a scope or of no store.
pub fn within(
    db: &Db,
    scope: Scope,
    threads: Vec<ConversationId>,
) -> LocalBoxFuture<'_, Result<BTreeSet<ConversationId>>> {
    async move {
        let theirs = of(scope).select_only().column(Column::Id).filter(Column::Id.is_in(threads));
        Ok(theirs.into_tuple::<ConversationId>().all(db.read()).await?.into_iter().collect())
    }
    .boxed_local()
}

/// One thread, when it is with somebody of a scope or of no store.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, scope: Scope, id: ConversationId) -> Result<Model> {
    of(scope).filter(Column::Id.eq(id)).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The messages of a thread, the newest first.
pub(super) async fn messages(
    db: &impl ConnectionTrait,
    id: ConversationId,
    page: &PageQuery,
) -> Result<Vec<message::Model>> {
    let mut rows = message::Entity::find().filter(message::Column::ConversationId.eq(id));
    if let Some(Cursor { id, .. }) = page.after()? {
        rows = rows.filter(message::Column::Id.lt(MessageId::from(id)));
    }
    Ok(rows.order_by_desc(message::Column::Id).limit(page.fetch()).all(db).await?)
}

/// One message of a thread, if it is there.
pub(super) async fn message(
    db: &impl ConnectionTrait,
    id: ConversationId,
    message: MessageId,
) -> Result<Option<message::Model>> {
    let of_thread = message::Entity::find_by_id(message).filter(message::Column::ConversationId.eq(id));
    Ok(of_thread.one(db).await?)
}

/// Staff say something in a thread. It leaves through `reach`; the robot is silent from then on.
pub(super) async fn say(tx: &Tx, thread: &Model, staff: StaffId, message: &CustomMessage) -> Result<MessageId> {
    let delivery = reach::reply(tx, (&thread.account, &thread.open_id), Some(thread.id), message).await?;
    let head = Thread { id: thread.id, state: thread.state };
    let row = NewMessage::outgoing(tx, &head, Author::Staff, Some(staff), message, delivery);
    let id = row.id().ok_or_else(|| Error::internal("a new message has no id"))?;
    store::insert(tx, vec![row]).await?;
    conversation::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Human))
        .col_expr(Column::Unread, Expr::value(0))
        .col_expr(Column::WaitingSince, Expr::value(Option::<Time>::None))
        .col_expr(Column::Preview, Expr::value(content::preview(&content::of_message(message).0)))
        .col_expr(Column::LastAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(thread.id))
        .exec(tx.db())
        .await?;
    tell(tx, thread.id);
    Ok(id)
}

/// Staff have read a thread.
pub(super) async fn read(tx: &Tx, id: ConversationId) -> Result<()> {
    conversation::Entity::update_many()
        .col_expr(Column::Unread, Expr::value(0))
        .filter(Column::Id.eq(id))
        .exec(tx.db())
        .await?;
    tell(tx, id);
    Ok(())
}

fn tell(tx: &Tx, id: ConversationId) {
    tx.tell(News::Conversation(id));
    tx.tell(News::Need(Need::Chats));
}

/// Threads of a scope with words that nobody has read, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn unread(db: &impl ConnectionTrait, scope: Scope, most: u64) -> Result<u64> {
    // In the words of its index, which holds only those.
    count_up_to(db, of(scope).filter(Expr::cust("unread > 0")), most).await
}
