//! What threads hold of a person, and how it is erased.

use entity::{
    chat::{conversation, message},
    types::ConversationId,
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use serde_json::json;

use super::content;
use crate::{
    error::Result,
    identity::belonging::{Belonging, OnMerge, Owner, PersonalData},
    infra::db::Tx,
};

/// The words that stand where something was erased.
const ERASED: &str = "[已删除]";

/// The heads of a person's threads. A head repeats the newest message, so it follows what was erased there.
pub const CONVERSATIONS: Belonging = Belonging {
    table: "conversation",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                for thread in threads(tx.db(), owner).await? {
                    repeat_newest(tx, thread).await?;
                }
                return Ok(0);
            }
            let theirs = conversation::Entity::delete_many().filter(of(owner));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let rows = conversation::Entity::find().filter(of(owner)).all(db.read()).await?;
            let shown = |row: conversation::Model| json!({ "account": row.account, "created_at": row.created_at, "last_at": row.last_at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// What was said in a person's threads. Stands before [`CONVERSATIONS`] in the list.
pub const MESSAGES: Belonging = Belonging {
    table: "message",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            let threads = threads(tx.db(), owner).await?;
            if data.contains(&PersonalData::Everything) {
                let all = message::Entity::delete_many().filter(message::Column::ConversationId.is_in(threads));
                return Ok(all.exec(tx.db()).await?.rows_affected);
            }
            let kinds: Vec<&str> = data.iter().flat_map(|data| kinds(*data)).copied().collect();
            if kinds.is_empty() {
                return Ok(0);
            }
            let blanked = message::Entity::update_many()
                .col_expr(message::Column::Text, Expr::value(ERASED))
                .col_expr(message::Column::Content, Expr::value(json!({})))
                .filter(message::Column::ConversationId.is_in(threads))
                .filter(message::Column::Kind.is_in(kinds))
                .filter(message::Column::Author.eq(message::Author::Person));
            Ok(blanked.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let theirs = message::Column::ConversationId.is_in(threads(db.read(), owner).await?);
            let rows = message::Entity::find().filter(theirs).order_by_asc(message::Column::Id).all(db.read()).await?;
            let shown = |row: message::Model| json!({ "account": owner.known_as.as_ref().map(|(account, _)| account), "author": row.author, "kind": row.kind, "text": row.text, "content": row.content, "at": row.at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// The kinds of messages that hold a kind of data.
fn kinds(data: PersonalData) -> &'static [&'static str] {
    match data {
        PersonalData::Location => &["location", "event:location", "event:location_select"],
        PersonalData::Pictures => &["image", "video", "shortvideo"],
        PersonalData::Voice => &["voice"],
        PersonalData::Everything | PersonalData::Name | PersonalData::Phone | PersonalData::NotHeld => &[],
    }
}

async fn repeat_newest(tx: &Tx, thread: ConversationId) -> Result<()> {
    let newest = message::Entity::find()
        .filter(message::Column::ConversationId.eq(thread))
        .filter(message::Column::Author.ne(message::Author::Robot))
        .order_by_desc(message::Column::Id)
        .one(tx.db())
        .await?;
    if let Some(newest) = newest {
        conversation::Entity::update_many()
            .col_expr(conversation::Column::Preview, Expr::value(content::preview(&newest.text)))
            .filter(conversation::Column::Id.eq(thread))
            .exec(tx.db())
            .await?;
    }
    Ok(())
}

fn of(owner: &Owner) -> Condition {
    owner.rows(conversation::Column::Account, conversation::Column::OpenId)
}

async fn threads(db: &impl ConnectionTrait, owner: &Owner) -> Result<Vec<ConversationId>> {
    let ids = conversation::Entity::find().select_only().column(conversation::Column::Id).filter(of(owner));
    Ok(ids.into_tuple().all(db).await?)
}
