//! What was said in threads, for the timeline of a member. What happened beside is told by touches.

use std::collections::HashMap;

use entity::{
    chat::{conversation, message},
    types::{AccountKey, ConversationId},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    error::Result,
    infra::db::Db,
    members::timeline::{Asked, Fact},
};

/// What was said, in both directions.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &Db, asked: &Asked) -> Result<Vec<Fact>> {
    use conversation::Column as Thread;
    let theirs = asked.open_ids.iter().fold(Condition::any().add(Expr::value(false)), |any, (account, open_id)| {
        any.add(Condition::all().add(Thread::Account.eq(account.clone())).add(Thread::OpenId.eq(open_id.clone())))
    });
    let threads = conversation::Entity::find().filter(theirs).all(db.read()).await?;
    let accounts: HashMap<ConversationId, AccountKey> =
        threads.into_iter().map(|thread| (thread.id, thread.account)).collect();
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = message::Entity::find()
        .filter(message::Column::ConversationId.is_in(accounts.keys().copied()))
        .filter(message::Column::Kind.not_like("event:%"))
        // What members are told is in the timeline by itself.
        .filter(message::Column::Author.ne(message::Author::Notice));
    if let Some(before) = asked.before {
        rows = rows.filter(before.beyond(message::Column::At, message::Column::Id));
    }
    let rows = rows.order_by_desc(message::Column::At).order_by_desc(message::Column::Id).limit(asked.most);
    let rows = rows.all(db.read()).await?.into_iter();
    Ok(rows
        .map(|row| Fact {
            at: row.at,
            source: "message",
            channel: accounts.get(&row.conversation_id).cloned(),
            kind: format!("{}.{}", name(row.author), row.kind),
            text: Some(row.text),
            id: row.id.into(),
        })
        .collect())
}

fn name(author: message::Author) -> &'static str {
    match author {
        message::Author::Person => "person",
        message::Author::Robot => "robot",
        message::Author::Notice => "notice",
        message::Author::Staff => "staff",
    }
}
