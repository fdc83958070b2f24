//! Tables with one row for each member, such as a profile: two rows become one, and two again.

use futures_util::future::FutureExt;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::journal;
use crate::{
    error::Result,
    identity::belonging::{Combined, Decision, OnMerge, Pair, Separated, Stuck, StuckWhy},
    infra::db::Tx,
};
use entity::types::MemberId;

/// A table with one row for each member. Its primary key is the member, and its rows read back from JSON as they were
/// written.
pub trait OnePerMember: 'static {
    /// The table.
    const TABLE: &'static str;
    /// Its entity.
    type Entity: EntityTrait<Model = Self::Model, ActiveModel = Self::ActiveModel>;
    /// Its rows.
    type Model: ModelTrait<Entity = Self::Entity>
        + IntoActiveModel<Self::ActiveModel>
        + Clone
        + PartialEq
        + Serialize
        + DeserializeOwned
        + Send
        + Sync;
    /// Its rows, to be written.
    type ActiveModel: ActiveModelTrait<Entity = Self::Entity> + ActiveModelBehavior + Send;

    /// The column with the member.
    fn owner() -> <Self::Entity as EntityTrait>::Column;

    /// The same row for another member.
    fn of(row: Self::Model, member: MemberId) -> Self::Model;

    /// One row made of two, for the winner, and what was chosen where they differ.
    fn combine(winner: &Self::Model, loser: &Self::Model) -> (Self::Model, Vec<Decision>);
}

/// What a merge changed.
#[derive(Serialize, Deserialize)]
#[serde(bound = "M: Serialize + DeserializeOwned")]
struct Before<M> {
    winner: Option<M>,
    loser: M,
    made: M,
}

/// What a merge does with such a table, for its line in the list of belongings.
pub const fn combine<T: OnePerMember>() -> OnMerge {
    OnMerge::Combine {
        merge: |tx, pair| merge::<T>(tx, pair).boxed_local(),
        undo: |tx, pair| undo::<T>(tx, pair).boxed_local(),
    }
}

async fn row<T: OnePerMember>(tx: &Tx, member: MemberId) -> Result<Option<T::Model>> {
    Ok(T::Entity::find().filter(T::owner().eq(member)).one(tx.db()).await?)
}

async fn delete<T: OnePerMember>(tx: &Tx, member: MemberId) -> Result<()> {
    T::Entity::delete_many().filter(T::owner().eq(member)).exec(tx.db()).await?;
    Ok(())
}

/// Writes the row of a member anew.
async fn replace<T: OnePerMember>(tx: &Tx, member: MemberId, row: T::Model) -> Result<()> {
    delete::<T>(tx, member).await?;
    let row = row.into_active_model().reset_all();
    T::Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok(())
}

async fn merge<T: OnePerMember>(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let Some(loser) = row::<T>(tx, pair.loser).await? else { return Ok(Combined::default()) };
    let winner = row::<T>(tx, pair.winner).await?;
    let (made, decisions) = match &winner {
        Some(winner) => T::combine(winner, &loser),
        None => (T::of(loser.clone(), pair.winner), Vec::new()),
    };
    delete::<T>(tx, pair.loser).await?;
    replace::<T>(tx, pair.winner, made.clone()).await?;
    let before = serde_json::to_value(Before { winner, loser, made })?;
    journal::note(tx, pair, T::TABLE, vec![(pair.loser.into(), before)]).await?;
    Ok(Combined { rows: 1, decisions })
}

async fn undo<T: OnePerMember>(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    for (_, before) in journal::noted::<Before<T::Model>>(tx, pair, T::TABLE).await? {
        replace::<T>(tx, pair.loser, before.loser).await?;
        separated.returned += 1;
        let mut stuck = |why| separated.stuck.push(Stuck { table: T::TABLE.to_owned(), rows: 1, why });
        match (row::<T>(tx, pair.winner).await?, before.winner) {
            (Some(now), Some(was)) if now == before.made => replace::<T>(tx, pair.winner, was).await?,
            (Some(now), None) if now == before.made => delete::<T>(tx, pair.winner).await?,
            (Some(_), _) => stuck(StuckWhy::Changed),
            (None, Some(_)) => stuck(StuckWhy::Gone),
            (None, None) => {}
        }
    }
    Ok(separated)
}
