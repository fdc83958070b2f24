//! Pictures of members: nobody sees one before WeChat has looked at it (protocol section 8.9).
//!
//! What is stored is a square of our own making, so that nothing else that was in the file comes along. WeChat's opinion
//! arrives as a push, perhaps before we have stored by which name it will come. Only a clear yes shows a picture; whatever
//! WeChat is not sure of, or was never asked, waits for staff.

mod look;
mod square;

use entity::{
    members::{
        picture::{ActiveModel, Column, Entity, Model, State},
        profile::Source,
    },
    types::{MemberId, PictureId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};
use serde_json::json;

pub(super) use self::look::give_up_waiting;
pub use self::{
    look::{CheckPicture, CheckPictureContext, judged},
    square::{cut, fitted, kind, square},
};
use super::profile::{self, Said};
use crate::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Belonging, OnMerge, PersonalData},
        own,
        owned::nobody_left,
        seen,
        session::Consumer,
        within,
    },
    infra::{
        db::{Tx, count_up_to},
        news::{Need, News},
    },
    stores::Scope,
    wechat::account::Kind,
};

/// Keeps a picture, and has it looked at: by WeChat where a mini program can ask it, else by staff.
///
/// # Errors
/// [`Code::NotFound`] when the member is gone.
pub async fn keep(tx: &Tx, who: &Consumer, kind: Kind, jpeg: &[u8]) -> Result<Model> {
    let member = own(tx, who.member).await?;
    let state = if kind == Kind::Mini { State::Checking } else { State::Review };
    let row = ActiveModel {
        id: Set(tx.id()),
        member_id: Set(member),
        account: Set(who.account.clone()),
        open_id: Set(who.open_id.clone()),
        key: Set(tx.random().token()),
        state: Set(state),
        bytes: Set(jpeg.to_vec()),
        at: Set(tx.now()),
        settled_at: Set(None),
    };
    let row = Entity::insert(row).exec_with_returning(tx.db()).await?;
    // What waited is what nobody wants any more.
    let waited = Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::Id.ne(row.id));
    waited.filter(Column::State.ne(State::Shown)).exec(tx.db()).await?;
    tx.tell(News::Need(Need::Pictures));
    if state == State::Checking {
        tx.enqueue(CheckPicture { picture: row.id })?;
    }
    Ok(row)
}

/// The latest picture that a member has sent.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::MemberId.eq(member)).order_by_desc(Column::Id).one(db).await?)
}

/// The picture at an address. Whoever has the address sees it, as WeChat must before it can say anything; one that was
/// refused is gone.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn at(db: &impl ConnectionTrait, key: &str) -> Result<Model> {
    let seen = Entity::find().filter(Column::Key.eq(key)).filter(Column::State.ne(State::Refused));
    seen.one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Pictures of members of a scope that wait for staff, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn to_review(db: &impl ConnectionTrait, scope: Scope, limit: u64) -> Result<Vec<Model>> {
    Ok(waits(scope).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// Staff have looked at a picture.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it does not wait for them.
pub async fn decide(tx: &Tx, scope: Scope, id: PictureId, show: bool) -> Result<Model> {
    let row = get(tx, id).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    seen(tx.db(), scope, row.member_id).await?;
    let settled =
        if show { show_it(tx, &row, State::Review).await? } else { refuse(tx, &row, &[State::Review]).await? };
    if settled {
        get(tx, id).await?.ok_or_else(|| Error::new(Code::NotFound))
    } else {
        Err(Error::new(Code::Conflict).detail("this picture does not wait for anybody"))
    }
}

/// Pictures of members of a scope that wait for staff, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(db: &impl ConnectionTrait, scope: Scope, most: u64) -> Result<u64> {
    count_up_to(db, waits(scope), most).await
}

fn waits(scope: Scope) -> Select<Entity> {
    Entity::find().filter(Column::State.eq(State::Review)).filter(within(scope, Column::MemberId))
}

async fn get(tx: &Tx, id: PictureId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(tx.db()).await?)
}

async fn moved(tx: &Tx, row: &Model, from: &[State], to: State) -> Result<bool> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::SettledAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(tx.db())
        .await?;
    let changed = changed.rows_affected == 1;
    if changed {
        tx.tell(News::Need(Need::Pictures));
    }
    Ok(changed)
}

/// Others see it from now on, and no longer the one before.
async fn show_it(tx: &Tx, row: &Model, from: State) -> Result<bool> {
    if !moved(tx, row, &[from], State::Shown).await? {
        return Ok(false);
    }
    let before = Entity::delete_many().filter(Column::MemberId.eq(row.member_id)).filter(Column::Id.lt(row.id));
    before.exec(tx.db()).await?;
    let said = Said { avatar: Some(Some(row.key.clone())), ..Said::default() };
    profile::say(tx, row.member_id, said, Source::Person).await?;
    Ok(true)
}

/// Nobody sees it any more.
async fn refuse(tx: &Tx, row: &Model, from: &[State]) -> Result<bool> {
    if !moved(tx, row, from, State::Refused).await? {
        return Ok(false);
    }
    let empty = Entity::update_many().col_expr(Column::Bytes, Expr::value(Vec::<u8>::new()));
    empty.filter(Column::Id.eq(row.id)).exec(tx.db()).await?;
    if row.state == State::Shown {
        let said = Said { avatar: Some(None), ..Said::default() };
        profile::say(tx, row.member_id, said, Source::Person).await?;
    }
    Ok(true)
}

/// Pictures of members.
pub const PICTURES: Belonging = Belonging {
    table: "member_picture",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            if !data.iter().any(|data| matches!(data, PersonalData::Everything | PersonalData::Name)) {
                return Ok(0);
            }
            let theirs = Entity::delete_many().filter(owner.rows(Column::Account, Column::OpenId));
            let mut gone = theirs.exec(tx.db()).await?.rows_affected;
            if let Some(member) = nobody_left(tx, owner, data).await? {
                gone += Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected;
            }
            Ok(gone)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows =
                Entity::find().filter(Column::MemberId.eq(member)).order_by_asc(Column::Id).all(db.read()).await?;
            let jpeg = |row: &Model| data_encoding::BASE64.encode(&row.bytes);
            Ok(rows.iter().map(|row| json!({ "state": row.state, "at": row.at, "jpeg": jpeg(row) })).collect())
        }
        .boxed_local()
    }),
};
