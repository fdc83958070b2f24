//! What this domain holds of a person, and how it is erased.

use entity::reach::delivery::{Column, Entity};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::windows;
use crate::identity::belonging::{Belonging, OnMerge, PersonalData};

/// A person's windows.
pub const WINDOWS: Belonging = Belonging {
    table: "reach_window",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if data.contains(&PersonalData::Everything) {
                windows::close(tx, &owner.account, &owner.open_id).await
            } else {
                Ok(0)
            }
        }
        .boxed_local()
    },
};

/// What was sent to a person.
pub const DELIVERIES: Belonging = Belonging {
    table: "delivery",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            let theirs = Entity::delete_many()
                .filter(Column::Account.eq(owner.account.clone()))
                .filter(Column::OpenId.eq(owner.open_id.clone()));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
};
