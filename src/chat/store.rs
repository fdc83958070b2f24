//! Rows of threads and messages.

use std::collections::{BTreeMap, HashMap};

use entity::{
    chat::{
        conversation::{self, State},
        message::{self, Author},
    },
    types::{AccountKey, ConversationId, DeliveryId, MessageId, OpenId, StaffId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, QuerySelect,
    sea_query::{Expr, OnConflict, Query},
};
use uuid::Uuid;

use super::content;
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::Tx,
        news::{Need, News},
    },
    wechat::{
        intake::Received,
        message::{CustomMessage, Reply},
    },
};

/// Whoever writes where staff answer waits from then on, unless they do already.
const WAITS: &str = "CASE WHEN conversation.state = 'human' AND excluded.unread > 0 \
                     THEN COALESCE(conversation.waiting_since, excluded.last_in_at) \
                     ELSE conversation.waiting_since END";

/// The preview and the time of whichever line is newer.
const NEWEST: &str = "CASE WHEN conversation.last_at > excluded.last_at THEN conversation.preview \
                      ELSE excluded.preview END";
const LATEST: &str = "CASE WHEN conversation.last_at > excluded.last_at THEN conversation.last_at \
                      ELSE excluded.last_at END";

/// A thread as far as the robot must know it.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    pub(super) id: ConversationId,
    pub(super) state: State,
}

/// Something that a person said or did, for the head of the thread.
pub(super) struct Line<'a> {
    pub(super) account: &'a AccountKey,
    pub(super) open_id: &'a OpenId,
    pub(super) preview: String,
    /// Whether staff should read it.
    pub(super) unread: bool,
    pub(super) at: Time,
}

/// A message to be written into a thread.
pub(super) struct NewMessage(message::ActiveModel);

impl NewMessage {
    pub(super) fn from_person(tx: &Tx, thread: &Thread, push: &Received) -> Self {
        let said = content::of_push(&push.push.body);
        let mut row = Self::row(tx, thread.id, Author::Person, push.push.kind(), said);
        row.push_key = Set(Some(push.key.clone()));
        Self(row)
    }

    pub(super) fn passive(tx: &Tx, thread: &Thread, push: &Received, reply: &Reply) -> Self {
        let mut row = Self::row(tx, thread.id, Author::Robot, reply.msg_type(), content::of_reply(reply));
        row.push_key = Set(Some(push.key.clone()));
        Self(row)
    }

    pub(super) fn outgoing(
        tx: &Tx,
        thread: &Thread,
        author: Author,
        staff: Option<StaffId>,
        message: &CustomMessage,
        delivery: DeliveryId,
    ) -> Self {
        let mut row = Self::row(tx, thread.id, author, message.msg_type(), content::of_message(message));
        row.staff_id = Set(staff);
        row.delivery_id = Set(Some(delivery));
        Self(row)
    }

    /// What was said outside of the thread: it stands there under the id of its delivery, so that it does so once.
    pub(super) fn said(
        tx: &Tx,
        thread: &Thread,
        author: Author,
        message: &CustomMessage,
        said: (DeliveryId, Time),
    ) -> Self {
        let (delivery, at) = said;
        let mut line = Self::outgoing(tx, thread, author, None, message, delivery);
        line.0.id = Set(Uuid::from(delivery).into());
        line.0.at = Set(at);
        line
    }

    /// The id it will have.
    pub(super) fn id(&self) -> Option<MessageId> {
        self.0.id.try_as_ref().copied()
    }

    fn row(
        tx: &Tx,
        thread: ConversationId,
        author: Author,
        kind: &str,
        (text, content): (String, serde_json::Value),
    ) -> message::ActiveModel {
        message::ActiveModel {
            id: Set(tx.id()),
            conversation_id: Set(thread),
            author: Set(author),
            staff_id: Set(None),
            kind: Set(kind.to_owned()),
            text: Set(text),
            content: Set(content),
            delivery_id: Set(None),
            push_key: Set(None),
            at: Set(tx.now()),
        }
    }
}

/// Brings the heads of threads up to date, opening those that are new, and gives them.
pub(super) async fn append<'a>(
    tx: &Tx,
    lines: impl Iterator<Item = Line<'a>>,
) -> Result<HashMap<(AccountKey, OpenId), Thread>> {
    let mut unread = false;
    // One row per thread, in one order everywhere, so that two nodes never wait for each other in a circle.
    let mut heads: BTreeMap<(&AccountKey, &OpenId), conversation::ActiveModel> = BTreeMap::new();
    for line in lines {
        unread |= line.unread;
        let more = i32::from(line.unread);
        let head = heads.entry((line.account, line.open_id)).or_insert_with(|| conversation::ActiveModel {
            id: Set(tx.id()),
            account: Set(line.account.clone()),
            open_id: Set(line.open_id.clone()),
            state: Set(State::Robot),
            unread: Set(0),
            created_at: Set(tx.now()),
            ..Default::default()
        });
        head.preview = Set(line.preview);
        head.unread = Set(head.unread.try_as_ref().copied().unwrap_or(0).saturating_add(more));
        head.last_in_at = Set(Some(line.at));
        head.last_at = Set(line.at);
    }
    if heads.is_empty() {
        return Ok(HashMap::new());
    }
    use conversation::Column;
    let bring_up_to_date = OnConflict::columns([Column::Account, Column::OpenId])
        .update_columns([Column::Preview, Column::LastInAt, Column::LastAt])
        .value(Column::Unread, Expr::cust("conversation.unread + excluded.unread"))
        .value(Column::WaitingSince, Expr::cust(WAITS))
        .to_owned();
    let mut insert = tx.insert(heads.into_values())?;
    insert.on_conflict(bring_up_to_date).returning(Query::returning().columns([
        Column::Account,
        Column::OpenId,
        Column::Id,
        Column::State,
    ]));
    let rows = tx.db().query_all(&insert).await?;
    let thread = |row: &QueryResult| -> Result<_, DbErr> {
        let person = (row.try_get("", "account")?, row.try_get("", "open_id")?);
        let thread = Thread { id: row.try_get("", "id")?, state: row.try_get("", "state")? };
        tx.tell(News::Conversation(thread.id));
        Ok((person, thread))
    };
    if unread {
        tx.tell(News::Need(Need::Chats));
    }
    Ok(rows.iter().map(thread).collect::<Result<_, _>>()?)
}

/// The head of the thread with a person, opened where there is none; what was said to them is the newest line, unless
/// something was said since.
pub(super) async fn reach_out(
    tx: &Tx,
    (account, open_id): (&AccountKey, &OpenId),
    preview: String,
    at: Time,
) -> Result<Thread> {
    use conversation::Column;
    let head = conversation::ActiveModel {
        id: Set(tx.id()),
        account: Set(account.clone()),
        open_id: Set(open_id.clone()),
        state: Set(State::Robot),
        unread: Set(0),
        preview: Set(preview),
        last_at: Set(at),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    let newer = OnConflict::columns([Column::Account, Column::OpenId])
        .value(Column::Preview, Expr::cust(NEWEST))
        .value(Column::LastAt, Expr::cust(LATEST))
        .to_owned();
    let row = conversation::Entity::insert(head).on_conflict(newer).exec_with_returning(tx.db()).await?;
    tx.tell(News::Conversation(row.id));
    Ok(Thread { id: row.id, state: row.state })
}

/// Writes a message, unless it stands there.
pub(super) async fn insert_once(tx: &Tx, message: NewMessage) -> Result<()> {
    message::Entity::insert(message.0).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Writes messages, in order.
pub(super) async fn insert(tx: &Tx, messages: Vec<NewMessage>) -> Result<()> {
    if !messages.is_empty() {
        tx.db().execute(&tx.insert(messages.into_iter().map(|message| message.0))?).await?;
    }
    Ok(())
}

/// Says who answers in a thread from now on.
pub(super) async fn hand_over(tx: &Tx, id: ConversationId, state: State) -> Result<bool> {
    use conversation::Column;
    // Who is handed over waits since the last words that nobody has read; who is given back waits for nobody.
    let waits = match state {
        State::Human => Expr::cust("CASE WHEN unread > 0 THEN last_in_at END"),
        State::Robot => Expr::value(Option::<Time>::None),
    };
    let changed = conversation::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::WaitingSince, waits)
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(state))
        .exec(tx.db())
        .await?;
    let changed = changed.rows_affected == 1;
    if changed {
        tx.tell(News::Conversation(id));
    }
    Ok(changed)
}

/// The thread that shows a push.
pub(super) async fn thread_of(tx: &Tx, push_key: &str) -> Result<Option<ConversationId>> {
    use message::Column;
    let line =
        message::Entity::find().select_only().column(Column::ConversationId).filter(Column::PushKey.eq(push_key));
    Ok(line.into_tuple().one(tx.db()).await?)
}

/// Notes that the passive reply to a push left as a delivery.
pub(super) async fn delivered_instead(tx: &Tx, push_key: &str, delivery: DeliveryId) -> Result<()> {
    use message::Column;
    message::Entity::update_many()
        .col_expr(Column::DeliveryId, Expr::value(delivery))
        .filter(Column::PushKey.eq(push_key))
        .filter(Column::Author.eq(Author::Robot))
        .exec(tx.db())
        .await?;
    Ok(())
}
