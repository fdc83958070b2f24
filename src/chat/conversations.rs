//! Threads as staff see and answer them.

use entity::{
    chat::{
        conversation::{self, Column, Model, State},
        message::{self, Author},
    },
    types::{AccountKey, ConversationId, MessageId, StaffId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    content,
    store::{self, NewMessage, Thread},
};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    infra::{
        clock::Time,
        db::{Tx, count_up_to},
        news::{Need, News},
    },
    reach,
    wechat::message::CustomMessage,
};

/// Threads, the one that spoke last first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    account: Option<&AccountKey>,
    state: Option<State>,
    page: &PageQuery,
) -> Result<Vec<Model>> {
    let mut rows = conversation::Entity::find();
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

/// One thread.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn get(db: &impl ConnectionTrait, id: ConversationId) -> Result<Model> {
    conversation::Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
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

/// Threads with words that nobody has read, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn unread(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    // In the words of its index, which holds only those.
    count_up_to(db, conversation::Entity::find().filter(Expr::cust("unread > 0")), most).await
}
