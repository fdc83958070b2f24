//! What became of follows that came by a channel: whether they held. The rows name touches and nobody, so they stay as they
//! are when somebody is forgotten.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    tracking::{
        channel_follow::{Column, Entity, Model},
        touch::{self, Kind, Model as Touch},
    },
    types::ChannelId,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};

use super::of_scene;
use crate::{error::Result, infra::db::Tx};

/// A follow has stayed that held for so long.
const STAYED: TimeDelta = TimeDelta::days(7);

/// Takes note of follows and leaves among touches that have just been written, in whichever order they come.
pub(in crate::tracking) async fn note(tx: &Tx, touches: &[Touch]) -> Result<()> {
    let mut known: BTreeMap<&str, Option<ChannelId>> = BTreeMap::new();
    for touch in touches {
        match (touch.kind, touch.scene.as_deref()) {
            (Kind::Follow, Some(scene)) => {
                let channel = match known.get(scene) {
                    Some(channel) => *channel,
                    None => {
                        let channel = of_scene(tx.db(), scene).await?.map(|channel| channel.id);
                        known.insert(scene, channel);
                        channel
                    }
                };
                if let Some(channel) = channel {
                    followed(tx, touch, channel).await?;
                }
            }
            (Kind::Unfollow, _) => left(tx, touch).await?,
            _ => {}
        }
    }
    Ok(())
}

/// A follow, and when it ended if that is known already.
async fn followed(tx: &Tx, follow: &Touch, channel: ChannelId) -> Result<()> {
    let left = touch::Entity::find().filter(theirs(follow)).filter(touch::Column::Kind.eq(Kind::Unfollow));
    let left = left.filter(touch::Column::At.gte(follow.at)).order_by_asc(touch::Column::At).one(tx.db()).await?;
    let row = Model {
        touch_id: follow.id,
        channel_id: channel,
        stays_at: follow.at + STAYED,
        biz_day: follow.biz_day,
        left_at: left.map(|left| left.at),
    };
    let once = OnConflict::column(Column::TouchId).do_nothing().to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(once).try_insert();
    insert.exec_without_returning(tx.db()).await?;
    Ok(())
}

/// A leave ends the follows before it that had not ended earlier.
async fn left(tx: &Tx, leave: &Touch) -> Result<()> {
    let follows = touch::Entity::find()
        .select_only()
        .column(touch::Column::Id)
        .filter(theirs(leave))
        .filter(touch::Column::Kind.eq(Kind::Follow))
        .filter(touch::Column::At.lte(leave.at));
    let later = Condition::any().add(Column::LeftAt.is_null()).add(Column::LeftAt.gt(leave.at));
    Entity::update_many()
        .col_expr(Column::LeftAt, Expr::value(leave.at))
        .filter(Column::TouchId.in_subquery(follows.into_query()))
        .filter(later)
        .exec(tx.db())
        .await?;
    Ok(())
}

fn theirs(touch: &Touch) -> Condition {
    Condition::all()
        .add(touch::Column::Account.eq(touch.account.clone()))
        .add(touch::Column::OpenId.eq(touch.open_id.clone()))
}
